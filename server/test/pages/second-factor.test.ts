import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import {
  halfSessions,
  passkeys,
  recoveryCodes,
  secondFactors,
  totps,
} from '../../src/core/access/factors/tables.ts'
import { eachRow } from '../../src/core/ledger/each-row.ts'
import { auditEntries } from '../../src/core/ledger/tables.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import type { Answer } from '../kit/http-client.ts'
import { type PeopledRegistry, startPeopled } from '../kit/peopled-registry.ts'
import { readQrCode } from '../kit/read-qr-code.ts'
import { Browser, codeOf, csrfIn, optionsIn } from '../kit/second-browser.ts'
import { SoftwareAuthenticator } from '../kit/software-authenticator.ts'

const password = 'correct horse'
const origin = 'https://registry.example'
const overview = '/account/second-factor'
const step = 30_000

describe('second factors, by pages', () => {
  let registry: PeopledRegistry
  let browser: Browser
  beforeEach(async () => {
    registry = await startPeopled({ publicUrl: origin })
    browser = new Browser(registry)
    assert.equal((await browser.login('ada', password)).status, 303)
  })
  afterEach(async () => {
    await registry[Symbol.asyncDispose]()
  })

  const now = (): number => registry.clock.now()
  const store = (): PeopledRegistry['composed']['core']['store'] => registry.composed.core.store

  /** @returns its secret, and the codes for recovery where it is the first factor */
  const addApp = async (by = browser): Promise<{ secret: string; recovery: readonly string[] }> => {
    const told = await by.send(overview, `${overview}/app`, { password })
    assert.equal(told.status, 200, told.text())
    const secret = /<code class="address">([A-Z2-7 ]+)<\/code>/.exec(told.text())?.[1] ?? ''
    const link = /<a href="(otpauth:[^"]+)"/.exec(told.text())?.[1]?.replaceAll('&amp;', '&')
    assert.ok(link?.includes(secret.replaceAll(' ', '')), told.text())
    assert.equal(readQrCode(told.text()), link)
    const confirmed = await by.post(`${overview}/app/confirm`, {
      csrf: csrfIn(told),
      code: codeOf(secret, now()),
    })
    assert.ok(confirmed.status === 200 || confirmed.status === 303, confirmed.text())
    return { secret, recovery: recoveryIn(confirmed) }
  }
  const addPasskey = async (
    key: SoftwareAuthenticator,
    told: Partial<Parameters<SoftwareAuthenticator['create']>[1]> = {},
  ): Promise<Answer> => {
    const page = await browser.send(overview, `${overview}/passkey`, { password })
    assert.equal(page.status, 200, page.text())
    const made = key.create(optionsIn(page), { origin, ...told })
    return await browser.post(`${overview}/passkey/confirm`, {
      csrf: csrfIn(page),
      passkey: JSON.stringify(made),
      label: 'stick',
    })
  }
  /** Another browser that has shown the password. */
  const half = async (): Promise<Browser> => {
    const other = new Browser(registry)
    const answer = await other.login('ada', password)
    assert.deepEqual([answer.status, answer.headers.location], [303, '/login/second?next=%2F'])
    return other
  }
  const second = async (by: Browser, fields: Readonly<Record<string, string>>): Promise<Answer> =>
    await by.send('/login/second', '/login/second', fields)
  const signed = async (
    by: Browser,
    key: SoftwareAuthenticator,
    told: Partial<Parameters<SoftwareAuthenticator['get']>[1]> = {},
  ): Promise<Answer> => {
    const page = await by.get('/login/second')
    const passkey = JSON.stringify(key.get(optionsIn(page), { origin, ...told }))
    return await by.post('/login/second', { csrf: csrfIn(page), passkey })
  }

  it('add an app for codes, and ask for a code of it at the next login', async () => {
    const before = new Browser(registry)
    await before.login('ada', password)
    await registry.done()
    const { secret, recovery } = await addApp()
    assert.equal(recovery.length, 10)
    // Whoever has confirmed it goes on; all that was begun by the password alone has ended.
    assert.deepEqual([await browser.who(), await before.who()], ['user:ada', 'anonymous'])
    assert.match((await browser.get(overview)).text(), /an app for codes[\s\S]*10 are left/)
    const other = await half()
    assert.equal(await other.who(), 'anonymous')
    registry.clock.jump(step)
    const page = await other.get('/login/second')
    assert.match(page.text(), /Code of your app, or one for recovery/)
    const wrong = await second(other, { code: '000000' })
    assert.equal(wrong.status, 401)
    assert.match(wrong.text(), /role="alert">this second factor is not yours/)
    const answer = await second(other, { code: codeOf(secret, now()), next: '/r/acme/app' })
    assert.deepEqual([answer.status, answer.headers.location], [303, '/r/acme/app'])
    assert.equal(await other.who(), 'user:ada')
    assert.deepEqual([...other.cookies.keys()], ['__Host-lading-session'])
    const sealed = (await store().get(totps, ['ada']))?.secret ?? new Uint8Array()
    assert.equal(Buffer.from(sealed).includes(bytesOf(secret)), false)
    assert.equal(await rowsOf(halfSessions), 0)
    assert.equal((await store().get(secondFactors, ['ada']))?.tries, 0)
    const codes = await allRows(store(), recoveryCodes)
    assert.deepEqual(
      codes.map(({ hash }) => hash).toSorted(),
      recovery.map((code) => sha256(`ada:${code.replaceAll('-', '')}`)).toSorted(),
    )
    assert.deepEqual(
      (await registry.done()).map((line) => line.split(' ').slice(0, 4).join(' ')),
      [
        'user:ada factor.add user:ada ',
        'user:ada session.begin user:ada ',
        'anonymous session.begin user:ada ',
      ],
    )
    await registry.composed.refusals.flush()
    assert.ok((await refusedOf()).includes('user:ada account-page.post /login/second unauthenticated'))
  })

  it('take a code once, of three steps alone, and of two who show it at once one', async () => {
    const { secret } = await addApp()
    // The one that has confirmed the app is used.
    assert.equal((await second(await half(), { code: codeOf(secret, now()) })).status, 401)
    registry.clock.jump(10 * step)
    for (const away of [-2, 2]) {
      const answer = await second(await half(), { code: codeOf(secret, now() + away * step) })
      assert.equal(answer.status, 401, String(away))
    }
    const [one, other] = [await half(), await half()]
    const code = codeOf(secret, now())
    const answers = await Promise.all([second(one, { code }), second(other, { code })])
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 401])
    assert.equal((await second(await half(), { code })).status, 401)
    // An earlier one is not good after a later one, even where its time is not over.
    assert.equal((await second(await half(), { code: codeOf(secret, now() - step) })).status, 401)
    const next = await second(await half(), {
      code: ` ${codeOf(secret, now() + step).replace(/(...)/, '$1 ')}`,
    })
    assert.equal(next.status, 303)
  })

  it('let codes be guessed a few times, then slower and slower, however many come at once', async () => {
    const { secret, recovery } = await addApp()
    registry.clock.jump(10 * step)
    const guessers = await Promise.all(Array.from({ length: 10 }, () => half()))
    const forms = await Promise.all(guessers.map((one) => one.get('/login/second')))
    const wrong = codeOf(secret, now() - 100 * step)
    const guess = async (code = wrong): Promise<readonly number[]> => {
      const answers = await Promise.all(
        guessers.flatMap((one, at) =>
          Array.from({ length: 4 }, () =>
            one.post('/login/second', { csrf: csrfIn(forms[at] as Answer), code }),
          ),
        ),
      )
      return answers.map(({ status }) => status)
    }
    const first = await guess()
    assert.equal(first.filter((status) => status === 401).length, 5)
    assert.deepEqual(new Set(first), new Set([401, 429]))
    // The right one is not looked at either, nor one for recovery.
    assert.deepEqual(new Set(await guess(codeOf(secret, now()))), new Set([429]))
    assert.deepEqual(new Set(await guess(recovery[0])), new Set([429]))
    for (const wait of [30_000, 60_000, 120_000]) {
      registry.clock.jump(wait - 1_000)
      assert.deepEqual(new Set(await guess()), new Set([429]), `${wait}`)
      registry.clock.jump(1_000)
      assert.equal((await guess()).filter((status) => status === 401).length, 1, `${wait}`)
    }
    registry.clock.jump(3_600_000)
    const [one] = [await half()]
    assert.equal((await second(one, { code: codeOf(secret, now()) })).status, 303)
    assert.deepEqual((await store().get(secondFactors, ['ada']))?.waitUntil, 0)
  })

  it('give a half session nothing but the second step, for ten minutes', async () => {
    const { secret } = await addApp()
    registry.clock.jump(10 * step)
    const other = await half()
    const token = other.cookies.get('__Host-lading-step') ?? ''
    assert.match(token, /^[0-9A-Za-z]{43}$/)
    other.cookies.set('__Host-lading-session', token)
    assert.equal(await other.who(), 'anonymous')
    assert.match((await other.get('/account')).text(), /<h1>Log in<\/h1>/)
    const csrf = csrfIn(await other.get('/login/second'))
    for (const path of ['/logout', '/account', '/account/keys', `${overview}/app`])
      assert.equal((await other.post(path, { csrf })).status, 401, path)
    const asBearer = await registry.api('', 'GET me')
    assert.equal(asBearer.json().principal, 'anonymous')
    registry.clock.jump(600_000)
    const late = await second(other, { csrf, code: codeOf(secret, now()) })
    assert.equal(late.status, 401)
    assert.match(late.text(), /time for the second step is over/)
    assert.equal(await other.who(), 'anonymous')
    // Nor is one good after the password has changed, or the account was shut.
    const stale = await half()
    const form = await stale.get('/login/second')
    const system = callerOf({ kind: 'system', name: 'test' })
    await registry.composed.registry.accounts.setUserState(system, { name: 'ada', state: 'disabled' })
    await registry.composed.registry.accounts.setUserState(system, { name: 'ada', state: 'active' })
    const closed = await stale.post('/login/second', { csrf: csrfIn(form), code: codeOf(secret, now()) })
    assert.equal(closed.status, 401)
  })

  it('refuse the password to clients, saying what to do, and take keys', async () => {
    const { key } = (await registry.api('ada', 'POST me/keys', { label: 'docker' })).json()
    assert.equal((await registry.api('ada', 'GET me')).status, 200)
    const refreshed = (await registry.api('ada', 'POST tokens', { label: 'x' })).json()
    await addApp()
    for (const line of ['GET me', 'POST tokens', 'GET /v2/', 'GET /token?service=registry.example']) {
      const answer = await registry.api('ada', line, line.startsWith('POST') ? {} : undefined)
      assert.equal(answer.status, 401, line)
      assert.match(answer.text(), /has a second factor.*make an API key/, line)
      assert.equal((await registry.api('ada:wrong', line)).text().includes('second factor'), false)
    }
    assert.equal((await registry.api(`ada:${key}`, 'GET me')).json().principal, 'user:ada')
    assert.equal((await registry.api('', 'POST tokens/refresh', refreshed)).status >= 400, true)
    const renewed = await registry.api('', 'POST tokens/refresh', { refreshToken: refreshed.refreshToken })
    assert.equal(renewed.status, 401)
    const made = await browser.send('/account/keys', '/account/keys', { label: 'laptop' })
    const shown = /<code class="address">(lading_[0-9A-Za-z]+)<\/code>/.exec(made.text())?.[1]
    assert.equal((await registry.api(`x:${shown}`, 'GET me')).json().principal, 'user:ada')
    const id = /name="key" value="([^"]+)"/g
    const ids = [...(await browser.get('/account/keys')).text().matchAll(id)].map(([, one = '']) => one)
    assert.equal(ids.length, 2)
    for (const one of ids)
      assert.equal((await browser.send('/account/keys', '/account/keys/revoke', { key: one })).status, 303)
    assert.equal((await registry.api(`x:${shown}`, 'GET me')).status, 401)
  })

  it('not be got around by a new password', async () => {
    const { secret } = await addApp()
    const system = callerOf({ kind: 'system', name: 'test' })
    const token = await registry.composed.registry.accounts.linkFor(system, 'ada')
    const other = new Browser(registry)
    const answer = await other.post('/password', { token, password: 'seven green kettles' })
    assert.deepEqual([answer.status, answer.headers.location], [303, '/login/second?next=%2Faccount'])
    assert.equal(await other.who(), 'anonymous')
    registry.clock.jump(step)
    assert.equal((await second(other, { code: codeOf(secret, now()) })).status, 303)
    assert.equal(await other.who(), 'user:ada')
  })

  it('take each code for recovery once, in place of all earlier ones', async () => {
    const { recovery } = await addApp()
    const [code = '', other = '', third = ''] = recovery
    assert.equal((await second(await half(), { code: code.toUpperCase().replaceAll('-', ' ') })).status, 303)
    assert.equal((await second(await half(), { code })).status, 401)
    const racing = await Promise.all([half(), half(), half()])
    const answers = await Promise.all(racing.map((one) => second(one, { code: other })))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 401, 401])
    assert.equal(await rowsOf(recoveryCodes), 8)
    const renewed = await browser.send(overview, `${overview}/recovery`, { password })
    const [fresh = ''] = recoveryIn(renewed)
    assert.equal((await second(await half(), { code: third })).status, 401)
    assert.equal((await second(await half(), { code: fresh })).status, 303)
    const actions = (await registry.done()).map((line) => line.split(' ')[1])
    assert.equal(actions.filter((action) => action === 'recovery.use').length, 3)
    assert.equal(actions.filter((action) => action === 'recovery.make').length, 1)
  })

  for (const alg of [-7, -8] as const)
    it(`add a passkey by ${alg === -7 ? 'ES256' : 'EdDSA'}, and log in by it, under a policy that runs its script alone`, async () => {
      const key = new SoftwareAuthenticator({ alg, counter: alg === -7 ? 1 : 0 })
      const added = await addPasskey(key)
      assert.equal(added.status, 200, added.text())
      assert.equal(recoveryIn(added).length, 10)
      const other = await half()
      const page = await other.get('/login/second')
      const script = /<script>([\s\S]*?)<\/script>/.exec(page.text())?.[1] ?? ''
      const policy = String(page.headers['content-security-policy'])
      assert.match(policy, /^default-src 'none'; /)
      assert.equal(
        /script-src ([^;]*);/.exec(policy)?.[1],
        `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
      )
      assert.equal(page.text().match(/<script/g)?.length, 1)
      assert.match(page.text(), /<noscript>/)
      assert.equal((await signed(other, key)).status, 303)
      assert.equal(await other.who(), 'user:ada')
      const [row] = await allRows(store(), passkeys)
      assert.deepEqual([row?.label, row?.counter, row?.usedAt], ['stick', key.counter, now()])
    })

  it('refuse what another page, another registry, or another ceremony was given', async () => {
    const key = new SoftwareAuthenticator({ counter: 1 })
    for (const told of [
      { origin: 'https://evil.example' },
      { origin: 'http://registry.example' },
      { origin: 'https://registry.example:8443' },
      { rpId: 'evil.example' },
      { rpId: 'example' },
      { type: 'webauthn.get' },
      { challenge: Buffer.alloc(32).toString('base64url') },
      { flags: 0 },
    ]) {
      const answer = await addPasskey(new SoftwareAuthenticator(), told)
      assert.equal(answer.status, 400, JSON.stringify(told))
    }
    assert.equal(await rowsOf(passkeys), 0)
    assert.equal((await addPasskey(key)).status, 200)
    for (const told of [
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { type: 'webauthn.create' },
      { challenge: Buffer.alloc(32).toString('base64url') },
      { flags: 0 },
    ]) {
      const other = await half()
      assert.equal((await signed(other, key, told)).status, 401, JSON.stringify(told))
      assert.equal(await other.who(), 'anonymous')
    }
    // A key that is nobody's, or bob's, or that takes the name of hers.
    const stranger = new SoftwareAuthenticator()
    const other = await half()
    const page = await other.get('/login/second')
    const options = { ...optionsIn(page), allowCredentials: undefined }
    const forged = {
      ...stranger.get(options, { origin }),
      id: key.id.toString('base64url'),
      rawId: key.id.toString('base64url'),
    }
    for (const passkey of [
      JSON.stringify(stranger.get(options, { origin })),
      JSON.stringify(forged),
      '{}',
      'null',
      '[]',
      '{"id":{}}',
      '"x"',
    ]) {
      const answer = await other.send('/login/second', '/login/second', { passkey })
      assert.equal(answer.status, 401, passkey)
    }
    assert.equal((await other.send('/login/second', '/login/second', { passkey: '{' })).status, 400)
    assert.equal((await signed(other, key)).status, 303)
  })

  it('take a challenge once, and no counter that has gone back', async () => {
    const key = new SoftwareAuthenticator({ counter: 7 })
    const page = await browser.send(overview, `${overview}/passkey`, { password })
    const made = JSON.stringify(key.create(optionsIn(page), { origin }))
    const confirm = async (): Promise<Answer> =>
      await browser.post(`${overview}/passkey/confirm`, {
        csrf: csrfIn(page),
        passkey: made,
      })
    assert.equal((await confirm()).status, 200)
    assert.equal((await browser.send(overview, `${overview}/passkey/confirm`, { passkey: made })).status, 403)
    const other = await half()
    const form = await other.get('/login/second')
    const passkey = JSON.stringify(key.get(optionsIn(form), { origin }))
    assert.equal((await other.post('/login/second', { csrf: csrfIn(form), passkey })).status, 303)
    // The same answer in another login, and in the same one after a wrong answer has used its challenge.
    const third = await half()
    const thirdForm = await third.get('/login/second')
    assert.equal((await third.post('/login/second', { csrf: csrfIn(thirdForm), passkey })).status, 401)
    const stale = JSON.stringify(key.get(optionsIn(thirdForm), { origin }))
    assert.equal((await third.post('/login/second', { csrf: csrfIn(thirdForm), passkey: stale })).status, 401)
    key.counter = 5
    assert.equal((await signed(third, key)).status, 401)
    key.counter = 20
    assert.equal((await signed(third, key)).status, 303)
  })

  it('be added and removed only by a form of the session, with the password', async () => {
    const { secret } = await addApp()
    const csrf = csrfIn(await browser.get(overview))
    const forms: readonly (readonly [string, Record<string, string>])[] = [
      ['app', { password }],
      ['app/confirm', { code: '123456' }],
      ['passkey', { password }],
      ['passkey/confirm', { passkey: '{}' }],
      ['remove', { factor: 'totp', password }],
      ['recovery', { password }],
    ]
    for (const [path, fields] of forms) {
      const url = `${overview}/${path}`
      assert.equal((await browser.post(url, fields)).status, 403, path)
      assert.equal((await browser.post(url, { ...fields, csrf: 'x' })).status, 403, path)
      const foreign = await browser.post(url, { ...fields, csrf }, { Origin: 'https://evil.example' })
      assert.equal(foreign.status, 403, path)
      assert.equal((await new Browser(registry).post(url, { ...fields, csrf })).status, 401, path)
      if ('password' in fields) {
        const wrong = await browser.post(url, { ...fields, csrf, password: 'wrong horse' })
        assert.equal(wrong.status, 403, path)
        assert.match(wrong.text(), /the present password is another one/)
      }
    }
    const login = await half()
    registry.clock.jump(step)
    assert.equal((await login.post('/login/second', { code: codeOf(secret, now()) })).status, 403)
    assert.equal((await login.post('/login/second', { csrf, code: codeOf(secret, now()) })).status, 403)
    assert.equal((await browser.get(`${overview}/remove`)).status, 405)
    assert.equal(await rowsOf(totps), 1)
    assert.equal((await browser.get(overview)).status, 200)
    assert.equal(await browser.who(), 'user:ada')
  })

  it('be removed, after which a password is enough again, and nothing of them is left', async () => {
    const { recovery } = await addApp()
    const key = new SoftwareAuthenticator()
    assert.equal((await addPasskey(key)).status, 303)
    const other = await half()
    assert.equal((await signed(other, key)).status, 303)
    const removed = await browser.send(overview, `${overview}/remove`, { factor: 'totp', password })
    assert.deepEqual([removed.status, await browser.who(), await other.who()], [303, 'user:ada', 'anonymous'])
    assert.equal((await second(await half(), { code: recovery[0] ?? '' })).status, 303)
    const [row] = await allRows(store(), passkeys)
    const last = await browser.send(overview, `${overview}/remove`, { factor: row?.id ?? '', password })
    assert.equal(last.status, 303, last.text())
    assert.equal((await new Browser(registry).login('ada', password)).headers.location, '/')
    for (const table of [secondFactors, totps, passkeys, recoveryCodes]) assert.equal(await rowsOf(table), 0)
    assert.equal((await registry.api('ada', 'GET me')).status, 200)
  })

  it('be begun anew where it was not confirmed in time, or the password has changed since', async () => {
    const begin = async (): Promise<{ page: Answer; secret: string }> => {
      const page = await browser.send(overview, `${overview}/app`, { password })
      return { page, secret: /<code class="address">([A-Z2-7 ]+)</.exec(page.text())?.[1] ?? '' }
    }
    const confirm = async ({ page, secret }: { page: Answer; secret: string }): Promise<Answer> =>
      await browser.post(`${overview}/app/confirm`, { csrf: csrfIn(page), code: codeOf(secret, now()) })
    const first = await begin()
    const other = await begin()
    assert.equal((await confirm(first)).status, 400)
    registry.clock.jump(600_000)
    assert.equal((await confirm(other)).status, 403)
    const third = await begin()
    const thief = new Browser(registry)
    await thief.login('ada', password)
    const stolen = await thief.send(overview, `${overview}/app/confirm`, {
      code: codeOf(third.secret, now()),
    })
    assert.equal(stolen.status, 403)
    const changed = await browser.send('/account', '/account', {
      before: password,
      after: 'seven green kettles',
    })
    assert.equal(changed.status, 303, changed.text())
    const csrf = csrfIn(await browser.get(overview))
    const late = await browser.post(`${overview}/app/confirm`, { csrf, code: codeOf(third.secret, now()) })
    assert.equal(late.status, 403)
    assert.equal(await rowsOf(secondFactors), 0)
  })

  const rowsOf = async (table: Parameters<typeof allRows>[1]): Promise<number> =>
    (await allRows(store(), table)).length
  const refusedOf = async (): Promise<readonly string[]> => {
    const lines: string[] = []
    for await (const row of eachRow(store(), auditEntries))
      if (row.outcome === 'refused') lines.push(`${row.by} ${row.action} ${row.target} ${row.code}`)
    return lines
  }
})

function recoveryIn(answer: Answer): readonly string[] {
  return Array.from(answer.text().matchAll(/<code>([a-z2-7-]{19})<\/code>/g), ([, code = '']) => code)
}

function bytesOf(secret: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replaceAll(' ', '')].map((one) =>
    alphabet.indexOf(one).toString(2).padStart(5, '0'),
  )
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
