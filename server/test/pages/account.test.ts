import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { hashPassword } from '../../src/adapters/identity/shared/hash-password.ts'
import { makeAdministrator } from '../../src/core/access/make-administrator.ts'
import { beginSetUp } from '../../src/core/access/set-up.ts'
import { accounts, sessions } from '../../src/core/access/tables.ts'
import { safeNext } from '../../src/pages/account/safe-next.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'

const password = 'seven green kettles'

describe('pages of accounts', () => {
  let registry: TestRegistry
  beforeEach(async () => {
    registry = await startTestRegistry()
  })
  afterEach(async () => {
    await registry[Symbol.asyncDispose]()
  })

  const get = async (path: string, cookie = ''): Promise<Answer> =>
    await ask(registry.url, { method: 'GET', path, headers: cookie === '' ? {} : { Cookie: cookie } })
  const post = async (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    await ask(registry.url, {
      method: 'POST',
      path,
      body: new URLSearchParams(fields).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    })
  const upload = async (auth?: string): Promise<number> =>
    (
      await ask(registry.url, {
        method: 'POST',
        path: '/v2/acme/app/blobs/uploads/',
        ...(auth !== undefined && { auth }),
      })
    ).status
  const linkOf = async (): Promise<string> => {
    const token = await beginSetUp(registry.composed.core)
    assert.ok(token !== undefined)
    return token
  }
  const setUp = async (): Promise<string> => {
    const answer = await post('/setup', { token: await linkOf(), name: 'ada', email: '', password })
    assert.equal(answer.status, 303, answer.text())
    return cookieOf(answer)
  }
  const who = async (cookie: string): Promise<string> => (await get('/api/v1/me', cookie)).json().principal

  it('make the first account by a link, once, and close what was open to anyone', async () => {
    assert.equal(await upload(), 202)
    const token = await linkOf()
    const form = await get(`/setup?token=${token}`)
    assert.equal(form.status, 200)
    assert.match(form.text(), new RegExp(`name="token" value="${token}"`))
    assert.equal(form.headers['cache-control']?.includes('no-store'), true)
    const answer = await post('/setup', { token, name: 'ada', email: 'ada@example.com', password })
    assert.deepEqual([answer.status, answer.headers.location], [303, '/account'])
    const set = cookieHeader(answer) ?? ''
    assert.match(set, /^lading-session=[0-9A-Za-z]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    assert.equal(await who(cookieOf(answer)), 'user:ada')
    assert.deepEqual([await upload(), await upload(`ada:${password}`)], [401, 202])
    const again = await post('/setup', { token, name: 'eve', email: '', password })
    assert.equal(again.status, 403)
    assert.match(again.text(), /this link opens nothing/)
    assert.equal(await beginSetUp(registry.composed.core), undefined)
    const people = await allRows(registry.composed.core.store, accounts)
    assert.deepEqual(
      people.map(({ name, state, email }) => [name, state, email]),
      [['ada', 'active', 'ada@example.com']],
    )
  })

  it('let browsers say where a form comes from, and tell other sites nothing', async () => {
    for (const path of ['/setup', '/login', '/password?token=x', '/forgotten', '/verify?token=x'])
      assert.equal((await get(path)).headers['referrer-policy'], 'same-origin', path)
    const token = await linkOf()
    const sent = { Origin: new URL(registry.url).origin }
    const answer = await post('/setup', { token, name: 'ada', email: '', password }, sent)
    assert.equal(answer.status, 303, answer.text())
  })

  it('let one of 16 make the first account who have the same link at once', async () => {
    const token = await linkOf()
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, at) => post('/setup', { token, name: `user-${at}`, password })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [303, ...Array.from({ length: 15 }, () => 403)],
    )
    assert.equal((await allRows(registry.composed.core.store, accounts)).length, 1)
  })

  it('let one make the first account of 8 who have a link each, and of one from the configuration', async () => {
    const { core } = registry.composed
    const links = [await linkOf(), await linkOf(), await linkOf(), await linkOf()]
    const [made, ...answers] = await Promise.all([
      makeAdministrator(core, { name: 'root', hash: await hashPassword(password, { ln: 4, r: 8, p: 1 }) }),
      ...links.flatMap((token, at) =>
        ['a', 'b'].map((which) => post('/setup', { token, name: `user-${at}${which}`, password })),
      ),
    ])
    const entered = answers.filter(({ status }) => status === 303).length + (made === 'made' ? 1 : 0)
    assert.equal(entered, 1)
    assert.equal(answers.filter(({ status }) => status === 403).length, made === 'made' ? 8 : 7)
    assert.equal((await allRows(core.store, accounts)).length, 1)
  })

  it('take a link no more that an operator has put another in the place of', async () => {
    const before = await linkOf()
    const token = await beginSetUp(registry.composed.core, { alone: true })
    const answer = await post('/setup', { token: before, name: 'eve', password })
    assert.equal(answer.status, 403)
    assert.match(answer.text(), /this link opens nothing/)
    assert.equal((await post('/setup', { token: token ?? '', name: 'ada', password })).status, 303)
  })

  it('refuse passwords that are short, known, or a name, and say so above the form, without showing them', async () => {
    const token = await linkOf()
    const refused: Readonly<Record<string, RegExp>> = {
      short: /fewer than 10 characters/,
      Password123: /among those that are tried first/,
      qwertyuiop: /among those that are tried first/,
      aaaaaaaaaaaaaaa: /same few characters/,
      'lovelace-1815': /your name/,
    }
    for (const [one, reason] of Object.entries(refused)) {
      const answer = await post('/setup', { token, name: 'lovelace', password: one })
      assert.equal(answer.status, 400, one)
      assert.match(answer.text(), reason, one)
      assert.match(answer.text(), /name="name" type="text" value="lovelace"/)
      assert.equal(answer.text().includes(one), false, one)
    }
    assert.equal((await post('/setup', { token, name: 'lovelace', password })).status, 303)
  })

  it('tell nobody without a link anything of names and passwords', async () => {
    const token = 'x'.repeat(43)
    const answers = await Promise.all([
      post('/setup', { token, name: 'library', password: 'short' }),
      post('/setup', { token: 'nonsense', name: 'ada', password }),
      post('/password', { token, password }),
    ])
    for (const answer of answers) {
      assert.equal(answer.status, 403)
      assert.match(answer.text(), /this link opens nothing/)
    }
  })

  it('say where a link comes from to who has come without one, and that mail is sent by none', async () => {
    assert.match((await get('/setup')).text(), /lading setup-link/)
    const without = await post('/setup', { token: '', name: 'ada', password })
    assert.equal(without.status, 403)
    assert.match(without.text(), /this link opens nothing/)
    assert.equal((await post('/password', { password })).status, 403)
    await setUp()
    for (const said of [await get('/forgotten'), await post('/forgotten', { name: 'ada' })]) {
      assert.equal(said.status, 200)
      assert.match(said.text(), /sends no mail/)
      assert.equal(/on its way|is sent there/.test(said.text()), false)
    }
  })

  it('show of a key once how it begins, when it ends, and what it is good for', async () => {
    const cookie = await setUp()
    const csrf = csrfIn(await get('/account/keys', cookie))
    await post('/account/keys', { csrf, label: 'whole' }, { Cookie: cookie })
    const scope = { permissions: ['artifacts:read'], namespace: 'acme', kind: '*', name: 'app-*' }
    const given = {
      ...{ label: 'narrow', expiresAt: '2099-01-31T00:00:00Z', from: ['10.0.0.0/8'] },
      scopes: [scope],
    }
    const made = await ask(registry.url, {
      ...{ method: 'POST', path: '/api/v1/me/keys', auth: `ada:${password}`, body: JSON.stringify(given) },
      headers: { 'Content-Type': 'application/json' },
    })
    assert.equal(made.status, 201, made.text())
    const text = (await get('/account/keys', cookie)).text()
    assert.match(text, /lading_\w{4}…</)
    assert.match(text, /until <time>2099-01-31 00:00 UTC<\/time>/)
    assert.match(text, /good for artifacts:read in <code>\*:acme\/app-\*<\/code>/)
    assert.match(text, /from 10\.0\.0\.0\/8/)
  })

  it('log in, under another session each time, and out', async () => {
    await setUp()
    const wrong = await post('/login', { name: 'ada', password: 'wrong one here' })
    const nobody = await post('/login', { name: 'nobody', password: 'wrong one here' })
    for (const answer of [wrong, nobody]) {
      assert.equal(answer.status, 401)
      assert.match(answer.text(), /name and password do not belong together/)
      assert.equal(cookieHeader(answer), undefined)
    }
    // A session that somebody else has put into the browser stays nobody's.
    const planted = `lading-session=${'a'.repeat(43)}`
    const first = await post('/login', { name: 'ada', password }, { Cookie: planted })
    assert.deepEqual([first.status, first.headers.location], [303, '/'])
    const one = cookieOf(first)
    assert.notEqual(one, planted)
    const second = cookieOf(await post('/login', { name: 'ada', password }, { Cookie: one }))
    assert.notEqual(second, one)
    assert.deepEqual(
      [await who(planted), await who(one), await who(second)],
      ['anonymous', 'anonymous', 'user:ada'],
    )
    const csrf = csrfIn(await get('/account', second))
    const out = await post('/logout', { csrf }, { Cookie: second })
    assert.deepEqual([out.status, out.headers.location], [303, '/'])
    assert.match(cookieHeader(out) ?? '', /^lading-session=; .*Max-Age=0$/)
    assert.equal(await who(second), 'anonymous')
  })

  it('are led to from every page of the registry, by whoever is logged in and whoever is not', async () => {
    // Where anyone may write, there is nobody to log in.
    assert.equal((await get('/')).text().includes('href="/login'), false)
    const cookie = await setUp()
    for (const [path, next] of [
      ['/', ''],
      ['/r/ada/none', '?next=/r/ada/none'],
      ['/?q=x', '?next=/%3Fq%3Dx'],
    ] as const) {
      const text = (await get(path)).text()
      assert.ok(text.includes(`<a href="/login${next}">Log in</a>`), path)
      const own = (await get(path, cookie)).text()
      assert.ok(own.includes('<a href="/account">ada</a>'), path)
      assert.equal(own.includes('href="/login'), false, path)
    }
  })

  it('take no form of another session, and no change by a cookie alone', async () => {
    const cookie = await setUp()
    const other = cookieOf(await post('/login', { name: 'ada', password }))
    const foreign = csrfIn(await get('/account', other))
    for (const csrf of ['', 'x', foreign]) {
      const answer = await post('/logout', { csrf }, { Cookie: cookie })
      assert.equal(answer.status, 403)
    }
    assert.equal(await who(cookie), 'user:ada')
    const made = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (
        await ask(registry.url, {
          method: 'POST',
          path: '/api/v1/me/keys',
          body: JSON.stringify({ label: 'laptop' }),
          headers: { 'Content-Type': 'application/json', Cookie: cookie, ...headers },
        })
      ).status
    assert.equal(await made({}), 403)
    const { csrf } = (await get('/api/v1/me', cookie)).json()
    assert.equal(await made({ 'x-lading-csrf': csrf }), 201)
    assert.equal(await made({ 'x-lading-csrf': csrf, Origin: 'https://evil.example' }), 403)
  })

  it('end all sessions when the password changes, but the one that is begun by it', async () => {
    const cookie = await setUp()
    const other = cookieOf(await post('/login', { name: 'ada', password }))
    const csrf = csrfIn(await get('/account', cookie))
    const wrong = await post(
      '/account',
      { csrf, before: 'something else', after: 'nine blue ladders' },
      { Cookie: cookie },
    )
    assert.equal(wrong.status, 403)
    const changed = await post(
      '/account',
      { csrf, before: password, after: 'nine blue ladders' },
      { Cookie: cookie },
    )
    assert.equal(changed.status, 303, changed.text())
    assert.deepEqual(
      [await who(cookie), await who(other), await who(cookieOf(changed))],
      ['anonymous', 'anonymous', 'user:ada'],
    )
    assert.deepEqual([await upload(`ada:${password}`), await upload('ada:nine blue ladders')], [401, 202])
    assert.equal((await allRows(registry.composed.core.store, sessions)).length, 1)
  })

  it('know a session no more once its time is over, or its account is disabled', async () => {
    const cookie = await setUp()
    const system = callerOf({ kind: 'system', name: 'test' })
    await registry.composed.registry.accounts.setUserState(system, { name: 'ada', state: 'disabled' })
    assert.equal(await who(cookie), 'anonymous')
    await registry.composed.registry.accounts.setUserState(system, { name: 'ada', state: 'active' })
    assert.equal(await who(cookie), 'anonymous')
    const again = cookieOf(await post('/login', { name: 'ada', password }))
    assert.equal(await who(again), 'user:ada')
    registry.clock.jump(7 * 86_400_000)
    assert.equal(await who(again), 'anonymous')
  })

  it('go on to a path of their own after a login, and to nothing else', async () => {
    await setUp()
    const to = async (next: string): Promise<string | undefined> =>
      (await post('/login', { name: 'ada', password, next })).headers.location
    assert.equal(await to('/r/acme/app?tag=1'), '/r/acme/app?tag=1')
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'javascript:1',
    ])
      assert.equal(await to(next), '/', next)
    assert.equal(safeNext('/a\r\nSet-Cookie: x=1'), '/')
  })
})

function cookieHeader({ headers }: Answer): string | undefined {
  return headers['set-cookie']?.join('\n')
}

function cookieOf(answer: Answer): string {
  return (cookieHeader(answer) ?? '').split(';', 1)[0] ?? ''
}

function csrfIn(answer: Answer): string {
  return /name="csrf" value="([^"]+)"/.exec(answer.text())?.[1] ?? ''
}
