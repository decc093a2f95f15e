import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { totps } from '../../../src/core/access/factors/tables.ts'
import { accounts } from '../../../src/core/access/tables.ts'
import type { Letter } from '../../../src/ports/mail/mail.ts'
import { put } from '../../../src/ports/store/change.ts'
import { allRows } from '../../core/invariants.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { type PeopledRegistry, startPeopled } from '../../kit/peopled-registry.ts'
import { Browser, codeOf } from '../../kit/second-browser.ts'
import { SoftwareAuthenticator } from '../../kit/software-authenticator.ts'
import { until } from '../../kit/until.ts'

const password = 'correct horse'
const origin = 'https://registry.example'
const own = 'me/second-factor'

describe('second factors, by the API', () => {
  let registry: PeopledRegistry
  let letters: Letter[]
  beforeEach(async () => {
    letters = []
    const mail = {
      send: async (letter: Letter) => void letters.push(letter),
      close: async () => undefined,
    }
    registry = await startPeopled({ publicUrl: origin, mail })
    const { core } = registry.composed
    await core.ledger.keep(async () => {
      const found = await core.store.get(accounts, ['ada'])
      assert.ok(found !== undefined)
      const { rev, ...row } = found
      return { value: undefined, changes: [put(accounts, { ...row, email: 'ada@example.com' }, rev)] }
    })
  })
  afterEach(async () => {
    await registry[Symbol.asyncDispose]()
  })

  const now = (): number => registry.clock.now()
  const keyOf = async (who: string, more: object = {}): Promise<string> => {
    const made = await registry.api(who, 'POST me/keys', { label: 'x', ...more })
    assert.equal(made.status, 201, made.text())
    return `x:${made.json().key}`
  }
  const addApp = async (who: string, code?: string): Promise<{ secret: string; confirmed: Answer }> => {
    const begun = await registry.api(who, `POST ${own}/totp`, { password, ...(code && { code }) })
    assert.equal(begun.status, 201, begun.text())
    const { secret, uri, expiresAt } = begun.json()
    assert.match(uri, /^otpauth:\/\/totp\/registry\.example:ada\?issuer=registry\.example&secret=/)
    assert.equal(Date.parse(expiresAt), now() + 600_000)
    const confirmed = await registry.api(who, `POST ${own}/totp/confirm`, { code: codeOf(secret, now()) })
    return { secret, confirmed }
  }

  it('are added by a password, and then changed by a key with password and code', async () => {
    const key = await keyOf('ada')
    await registry.done()
    const { secret, confirmed } = await addApp('ada')
    assert.equal(confirmed.status, 201, confirmed.text())
    const { recoveryCodes } = confirmed.json()
    assert.equal(recoveryCodes.length, 10)
    const listed = (await registry.api(key, `GET ${own}`)).json()
    assert.deepEqual(listed, {
      factors: [
        { id: 'totp', kind: 'totp', label: 'an app for codes', createdAt: new Date(now()).toISOString() },
      ],
      recoveryCodes: 10,
    })
    for (const [path, more] of [
      ['totp', {}],
      ['passkeys', {}],
      ['recovery-codes', {}],
      ['remove', { factor: 'totp' }],
    ] as const) {
      const post = async (body: object): Promise<Answer> =>
        await registry.api(key, `POST ${own}/${path}`, { ...more, ...body })
      assert.match((await post({ password })).text(), /takes a code, too/, path)
      assert.equal((await post({ password: 'wrong horse', code: recoveryCodes[0] })).status, 403, path)
      assert.equal((await post({ password, code: '000000' })).status, 401, path)
      assert.equal((await post({})).status, 400, path)
      registry.clock.jump(3_600_000)
    }
    const codes = await registry.api(key, `POST ${own}/recovery-codes`, { password, code: recoveryCodes[0] })
    assert.equal(codes.status, 201, codes.text())
    assert.equal((await registry.api(key, `GET ${own}`)).json().recoveryCodes, 10)
    const code = codeOf(secret, now())
    const begun = await registry.api(key, `POST ${own}/passkeys`, { password, code })
    assert.equal(begun.status, 201, begun.text())
    const stick = new SoftwareAuthenticator()
    const response = JSON.stringify(stick.create(begun.json().options, { origin }))
    const added = await registry.api(key, `POST ${own}/passkeys/confirm`, { response, label: 'stick' })
    assert.deepEqual([added.status, added.json()], [201, { recoveryCodes: [] }])
    const again = await registry.api(key, `POST ${own}/totp`, { password, code })
    assert.equal(again.status, 401)
    registry.clock.jump(30_000)
    const removing = { factor: 'totp', password, code: codeOf(secret, now()) }
    assert.equal((await registry.api(key, `POST ${own}/remove`, removing)).status, 204)
    const left = (await registry.api(key, `GET ${own}`)).json().factors
    assert.deepEqual(
      left.map(({ label }: { label: string }) => label),
      ['stick'],
    )
    const done = (await registry.done()).map((line) => line.split(' ').slice(0, 3).join(' '))
    assert.deepEqual(done, [
      'user:ada factor.add user:ada',
      'user:ada recovery.use user:ada',
      'user:ada recovery.make user:ada',
      'user:ada factor.add user:ada',
      'user:ada factor.remove user:ada',
    ])
    await until(async () => letters.length >= 5)
    assert.deepEqual(new Set(letters.map(({ to }) => to)), new Set(['ada@example.com']))
    for (const said of [/was added/, /recovery was used/, /New codes for recovery/, /was removed/])
      assert.ok(
        letters.some(({ text }) => said.test(text)),
        `${said}`,
      )
    const all = letters.map(({ text }) => text).join()
    for (const one of [secret, password, ...recoveryCodes]) assert.equal(all.includes(one), false)
  })

  it('are changed by nobody with less than a login, nor by a page of somebody else', async () => {
    const scoped = await keyOf('ada', {
      scopes: [{ permissions: ['artifacts:read', 'users:manage'], namespace: '*', kind: '*', name: '*' }],
    })
    const browser = new Browser(registry)
    await browser.login('ada', password)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const { csrf } = (await browser.get('/api/v1/me')).json()
    for (const path of ['totp', 'totp/confirm', 'passkeys', 'passkeys/confirm', 'recovery-codes', 'remove']) {
      const body = {
        ...(path.endsWith('confirm') ? {} : { password }),
        ...(path === 'totp/confirm' && { code: '123456' }),
        ...(path === 'passkeys/confirm' && { response: '{}' }),
        ...(path === 'remove' && { factor: 'totp' }),
      }
      assert.equal((await registry.api('', `POST ${own}/${path}`, body)).status, 401, path)
      assert.equal((await registry.api(scoped, `POST ${own}/${path}`, body)).status, 403, path)
      const post = async (headers: Readonly<Record<string, string>>): Promise<Answer> =>
        await ask(registry.url, {
          method: 'POST',
          path: `/api/v1/${own}/${path}`,
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json', Cookie: cookie, ...headers },
        })
      assert.equal((await post({})).status, 403, path)
      assert.equal((await post({ 'x-lading-csrf': 'x' })).status, 403, path)
      const foreign = await post({ 'x-lading-csrf': csrf, Origin: 'https://evil.example' })
      assert.equal(foreign.status, 403, path)
      assert.match(foreign.text(), /another web site/)
      // With what a page of the registry can read, it is looked at.
      const theirs = await post({ 'x-lading-csrf': csrf })
      assert.equal(/sends the header|another web site/.test(theirs.text()), false, path)
    }
    assert.equal((await registry.api(scoped, `GET ${own}`)).status, 403)
    assert.equal((await registry.api('', `GET ${own}`)).status, 401)
    assert.equal((await allRows(registry.composed.core.store, totps)).length, 0)
  })

  it('of somebody else are taken away by whoever may manage users, who hears nothing else of them', async () => {
    const key = await keyOf('ada')
    await addApp('ada')
    const browser = new Browser(registry)
    assert.match((await browser.login('ada', password)).headers.location ?? '', /^\/login\/second/)
    await registry.done()
    for (const [who, status] of [
      ['', 401],
      ['eve', 403],
      [key, 403],
    ] as const)
      assert.equal((await registry.api(who, 'DELETE users/ada/second-factor')).status, status, who)
    assert.equal((await registry.api('root', 'DELETE users/nobody/second-factor')).status, 404)
    assert.equal((await registry.api('root', 'DELETE users/bob/second-factor')).status, 204)
    assert.deepEqual(await registry.done(), [])
    assert.equal((await registry.api('ada', 'GET me')).status, 401)
    assert.equal((await registry.api('root', 'DELETE users/ada/second-factor')).status, 204)
    assert.deepEqual(await registry.done(), ['user:root factor.reset user:ada totp >  []'])
    assert.equal((await registry.api('ada', 'GET me')).status, 200)
    assert.equal((await browser.send('/login/second', '/login/second', { code: '123456' })).status, 403)
    await until(async () => letters.some(({ text }) => /has taken all second factors/.test(text)))
  })

  it('tell by letter of a password that somebody else has', async () => {
    await addApp('ada')
    registry.clock.jump(3_600_000)
    const browser = new Browser(registry)
    await browser.login('ada', password)
    for (let at = 0; at < 5; at++)
      assert.equal((await browser.send('/login/second', '/login/second', { code: '000000' })).status, 401)
    const late = await browser.send('/login/second', '/login/second', { code: '000000' })
    assert.deepEqual([late.status, late.headers['retry-after']], [429, '30'])
    registry.clock.jump(30_000)
    assert.equal((await browser.send('/login/second', '/login/second', { code: '000000' })).status, 401)
    await until(async () => letters.some(({ text }) => /Somebody has shown your password/.test(text)))
  })

  it('have no passkeys where the registry has no name', async () => {
    await using nameless = await startPeopled()
    const answer = await nameless.api('ada', `POST ${own}/passkeys`, { password })
    assert.equal(answer.status, 400)
    assert.match(answer.text(), /publicUrl/)
    assert.equal((await nameless.api('ada', `POST ${own}/totp`, { password })).status, 201)
    const browser = new Browser(nameless)
    await browser.login('ada', password)
    assert.equal((await browser.get('/account/second-factor')).text().includes('Add a passkey'), false)
  })
})
