import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  allowInsecureRequests,
  type Configuration,
  discovery,
  genericGrantRequest,
  initiateDeviceAuthorization,
  None,
} from 'openid-client'
import { deviceLogins } from '../../src/core/access/outside-tables.ts'
import { keys } from '../../src/core/access/tables.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import { Browser } from '../kit/browser.ts'
import { password, type SignInWorld, startSignInWorld } from '../kit/sign-in-world.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

const grant = 'urn:ietf:params:oauth:grant-type:device_code'

describe('letting a program in that has no browser', () => {
  let world: SignInWorld
  let client: Configuration
  let url: string
  before(async () => {
    world = await startSignInWorld({ people: { 'person-1': { preferred_username: 'ada' } } })
    url = world.registry.url
    client = await discovery(new URL(url), 'lading on a laptop', {}, None(), {
      algorithm: 'oauth2',
      execute: [allowInsecureRequests],
    })
  })
  after(async () => {
    await world?.[Symbol.asyncDispose]()
  })

  const begin = async (scope?: string): ReturnType<typeof initiateDeviceAuthorization> =>
    await initiateDeviceAuthorization(client, scope === undefined ? {} : { scope })
  /** What the program is answered: a key, or the code of the error. */
  const ask = async (deviceCode: string): Promise<{ key?: string; error?: string }> => {
    try {
      const { access_token: key } = await genericGrantRequest(client, grant, { device_code: deviceCode })
      return { key }
    } catch (error) {
      return { error: (error as { error: string }).error }
    }
  }
  const enter = async (): Promise<Browser> => {
    const browser = new Browser()
    await browser.post(`${url}/login`, { name: 'root', password, next: '/' })
    return browser
  }
  const answerAs = async (browser: Browser, code: string, decision: string): Promise<Response> => {
    const page = await (await browser.get(`${url}/device?user_code=${code}`)).text()
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page) ?? []
    return await browser.post(`${url}/device`, { csrf, user_code: code, decision })
  }
  const whoHas = async (key: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/api/v1/me`, { headers: { Authorization: `Bearer ${key}` } })
    return (await answer.json()) as Record<string, unknown>
  }

  it('gives a key, once, after its user has signed in elsewhere and let it in', async () => {
    const begun = await begin()
    assert.match(begun.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    assert.deepEqual(
      [begun.verification_uri, begun.verification_uri_complete, begun.expires_in, begun.interval],
      [`${url}/device`, `${url}/device?user_code=${begun.user_code}`, 600, 5],
    )
    assert.deepEqual(await ask(begun.device_code), { error: 'authorization_pending' })

    const browser = new Browser()
    const login = await (await browser.get(begun.verification_uri_complete ?? '')).text()
    const [, way = ''] = /<a href="(\/sign-in\/company[^"]*)"/.exec(login) ?? []
    await world.signIn(browser, 'person-1', way)
    assert.equal(await world.who(browser), 'user:ada')
    const page = await (await browser.get(begun.verification_uri_complete ?? '')).text()
    assert.match(page, new RegExp(`<strong>${begun.user_code}</strong>`))
    assert.match(page, /calls itself <strong>lading on a laptop<\/strong>/)
    assert.match(page, /came from <strong>[^<]*127\.0\.0\.1<\/strong>/)
    assert.match(page, /It will be ada, and may do all that you may/)

    assert.equal((await answerAs(browser, begun.user_code, 'allow')).status, 200)
    const { key = '' } = await ask(begun.device_code)
    assert.match(key, /^lading_/)
    assert.deepEqual(await whoHas(key), { principal: 'user:ada', via: 'key' })
    const basic = await fetch(`${url}/api/v1/me`, {
      headers: { Authorization: `Basic ${btoa(`any:${key}`)}` },
    })
    assert.equal(((await basic.json()) as { principal: string }).principal, 'user:ada')
    assert.deepEqual(await ask(begun.device_code), { error: 'expired_token' })
    const [row] = (await allRows(world.registry.composed.store, keys)).filter(
      ({ owner }) => owner === 'user:ada',
    )
    assert.deepEqual(
      [row?.label, row?.expiresAt],
      ['lading on a laptop', world.registry.clock.now() + 90 * 86_400_000],
    )
    assert.equal((await allRows(world.registry.composed.store, deviceLogins)).length, 0)
  })

  it('gives 16 who ask at once one key', async () => {
    const begun = await begin()
    await answerAs(await enter(), begun.user_code, 'allow')
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(begun.device_code)))
    assert.equal(answers.filter(({ key }) => key !== undefined).length, 1)
    assert.equal(answers.filter(({ error }) => error === 'expired_token').length, 15)
  })

  it('gives a key for what was asked alone', async () => {
    const begun = await begin('artifacts:read tags:move')
    const browser = await enter()
    const page = await (await browser.get(begun.verification_uri_complete ?? '')).text()
    assert.match(page, /of what you may: <strong>artifacts:read, tags:move<\/strong>/)
    await answerAs(browser, begun.user_code, 'allow')
    const { key = '' } = await ask(begun.device_code)
    const { scopes } = await whoHas(key)
    assert.deepEqual(scopes, [
      { permissions: ['artifacts:read', 'tags:move'], namespace: '*', kind: '*', name: '*' },
    ])
    // The last one turns the text of the page that follows it.
    for (const wrong of [{ client_id: 'x', scope: 'everything' }, { client_id: 'laptop \u202e' }]) {
      const answer = await fetch(`${url}/oauth/device`, { method: 'POST', body: new URLSearchParams(wrong) })
      const { error } = (await answer.json()) as { error: string }
      assert.deepEqual([answer.status, error], [400, 'invalid_request'])
    }
  })

  it('is refused by its user, and by a form that is not of their session', async () => {
    const begun = await begin()
    const browser = await enter()
    const forged = await browser.post(`${url}/device`, {
      csrf: 'x',
      user_code: begun.user_code,
      decision: 'allow',
    })
    assert.equal(forged.status, 403)
    assert.deepEqual(await ask(begun.device_code), { error: 'authorization_pending' })
    const said = await answerAs(browser, begun.user_code, 'refuse')
    assert.match(await said.text(), /It is not let in/)
    assert.deepEqual(await ask(begun.device_code), { error: 'access_denied' })
    assert.deepEqual(await ask(begun.device_code), { error: 'expired_token' })
  })

  it('gives nothing any more where the account has changed since', async () => {
    const { accounts } = world.registry.composed.registry
    const begun = await begin()
    const browser = new Browser()
    await world.signIn(browser, 'person-1')
    await answerAs(browser, begun.user_code, 'allow')
    const system = callerOf({ kind: 'system', name: 'test' })
    await accounts.setUserState(system, { name: 'ada', state: 'disabled' })
    await accounts.setUserState(system, { name: 'ada', state: 'active' })
    assert.deepEqual(await ask(begun.device_code), { error: 'access_denied' })
  })

  it('slows down who asks too often, and forgets who comes too late', async () => {
    const { clock, composed } = world.registry
    const begun = await begin()
    assert.deepEqual(await ask(begun.device_code), { error: 'authorization_pending' })
    assert.deepEqual(await ask(begun.device_code), { error: 'slow_down' })
    clock.jump(6_000)
    assert.deepEqual(await ask(begun.device_code), { error: 'slow_down' })
    clock.jump(15_000)
    assert.deepEqual(await ask(begun.device_code), { error: 'authorization_pending' })
    clock.jump(600_000)
    const browser = await enter()
    const late = await (await browser.get(`${url}/device?user_code=${begun.user_code}`)).text()
    assert.match(late, /No program waits with this code/)
    assert.deepEqual(await ask(begun.device_code), { error: 'expired_token' })
    const { expireLogins } = await import('../../src/core/access/expire-logins.ts')
    await expireLogins(composed.core, new AbortController().signal)
    assert.equal((await allRows(composed.store, deviceLogins)).length, 0)
  })

  it('lets nobody try codes, and takes them as people type them', async () => {
    const begun = await begin()
    const browser = new Browser()
    await world.signIn(browser, 'person-1')
    const typed = begun.user_code.toLowerCase().replace('-', ' ')
    const page = await (await browser.get(`${url}/device?user_code=${encodeURIComponent(typed)}`)).text()
    assert.match(page, /Let a program in\?/)
    for (let tried = 0; tried < 10; tried++)
      await browser.get(`${url}/device?user_code=BBBB-BBB${'BCDFGHJKLM'[tried]}`)
    const locked = await (await browser.get(`${url}/device?user_code=${begun.user_code}`)).text()
    assert.match(locked, /too many requests/)
    assert.equal((await (await enter()).get(`${url}/device?user_code=${begun.user_code}`)).status, 200)
  })

  it('makes no rows without end for one address', async () => {
    const answers: number[] = []
    for (let at = 0; at < 105; at++) {
      const answer = await fetch(`${url}/oauth/device`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'x' }),
      })
      answers.push(answer.status)
    }
    assert.equal(answers.at(0), 200)
    assert.equal(answers.at(-1), 429)
    assert.equal((await allRows(world.registry.composed.store, deviceLogins)).length, 100)
  })

  it('takes all of a network of IPv6 for one, by what a trusted proxy says', async () => {
    await using proxied = await startTestRegistry({ gate: { proxies: ['127.0.0.1'] } })
    const from = async (address: string): Promise<number> => {
      const answer = await fetch(`${proxied.url}/oauth/device`, {
        method: 'POST',
        headers: { 'X-Forwarded-For': address, 'X-Forwarded-Proto': 'http' },
        body: new URLSearchParams({ client_id: 'x' }),
      })
      return answer.status
    }
    for (let n = 1; n <= 100; n++) assert.equal(await from(`2001:db8::${n.toString(16)}`), 200)
    assert.equal(await from('2001:db8::ffff:1'), 429)
    assert.equal(await from('2001:db8:0:1::1'), 200)
    assert.equal(await from('192.0.2.1'), 200)
  })

  it('lets in nobody by a key, and is not asked by another site', async () => {
    const { outside, accounts } = world.registry.composed.registry
    const { key } = await accounts.makeKey(callerOf({ kind: 'user', name: 'root' }), {
      owner: { kind: 'user', name: 'root' },
      label: 'x',
    })
    const sent = await fetch(`${url}/device`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: new URLSearchParams({ csrf: 'x', user_code: 'BBBB-BBBB', decision: 'allow' }),
    })
    assert.equal(sent.status, 401)
    const byKey = callerOf({ kind: 'user', name: 'root', via: { kind: 'key', id: 'x' } })
    await assert.rejects(outside.devices.decide(byKey, 'BBBB-BBBB', true), { code: 'denied' })
    const foreign = await fetch(`${url}/oauth/device`, {
      method: 'POST',
      headers: { Origin: 'https://evil.example' },
      body: new URLSearchParams({ client_id: 'x' }),
    })
    assert.equal(foreign.status, 403)
  })
})
