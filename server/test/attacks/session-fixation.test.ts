import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Registry } from '../../src/boot/registry.ts'
import { hashOfSession } from '../../src/core/access/sessions.ts'
import { beginSetUp } from '../../src/core/access/set-up.ts'
import { sessions } from '../../src/core/access/tables.ts'
import { insert } from '../../src/ports/store/change.ts'
import { callerOf } from '../core/kit.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { serveMutant } from '../kit/mutant-doors.ts'
import { codeOf, csrfIn } from '../kit/second-browser.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'

const password = 'correct horse'
/** What somebody else has put into the browser before. */
const planted = 'p'.repeat(43)
const cookie = `lading-session=${planted}`

async function post(to: string, fields: Readonly<Record<string, string>>, cookies = cookie): Promise<Answer> {
  const { origin, pathname } = new URL(to)
  return await ask(origin, {
    method: 'POST',
    path: pathname,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookies },
    body: new URLSearchParams(fields).toString(),
  })
}

const who = async (url: string, token = planted): Promise<string> =>
  (await ask(url, { path: '/api/v1/me', headers: { Cookie: `lading-session=${token}` } })).json().principal

/** Of the cookies that an answer sets. */
const setIn = (answer: Answer, name: string): string | undefined =>
  (answer.headers['set-cookie'] ?? [])
    .map((set) => new RegExp(`^${name}=([^;]+)`).exec(set)?.[1])
    .find(Boolean)

/** Somebody is logged in, by a session that nobody had. */
async function assertFresh(registry: TestRegistry, answer: Answer, user: string): Promise<void> {
  assert.equal(answer.status, 303, answer.text())
  const fresh = setIn(answer, 'lading-session') ?? ''
  assert.match(fresh, /^[0-9A-Za-z]{43}$/)
  assert.notEqual(fresh, planted)
  assert.deepEqual([await who(registry.url, fresh), await who(registry.url)], [user, 'anonymous'])
}

describe('a session that somebody else has put into a browser', () => {
  it('becomes its user’s where a login keeps what the browser had', async () => {
    await using registry = await startWithAccounts()
    const { core } = registry.composed
    const keeping = (bound: Registry): Registry => ({
      ...bound,
      factors: {
        ...bound.factors,
        enter: async (caller, begun) => {
          const entered = await bound.factors.enter(caller, begun)
          assert.ok('session' in entered)
          await core.ledger.keep(async () => {
            const row = await core.store.get(sessions, [hashOfSession(entered.session)])
            assert.ok(row !== undefined)
            const { rev: _, ...rest } = row
            const kept = { ...rest, id: `${rest.id}-kept`, hash: hashOfSession(planted) }
            return { value: undefined, changes: [insert(sessions, kept)] }
          })
          return { session: planted }
        },
      },
    })
    await using mutant = await serveMutant(registry, { registry: keeping })
    assert.equal(await who(registry.url), 'anonymous')
    assert.equal((await post(`${mutant.url}/login`, { name: 'ada', password })).status, 303)
    assert.equal(await who(registry.url), 'user:ada')
  })

  it('stays nobody’s at a login by a password', async () => {
    await using registry = await startWithAccounts()
    await assertFresh(registry, await post(`${registry.url}/login`, { name: 'ada', password }), 'user:ada')
  })

  it('stays nobody’s at the second step, and so does a half one', async () => {
    await using registry = await startWithAccounts()
    const { factors } = registry.composed.registry
    const ada = callerOf({ kind: 'user', name: 'ada', via: { kind: 'session', id: 'one' } })
    const { secret } = await factors.beginTotp(ada, { password })
    await factors.confirmTotp(ada, codeOf(secret, registry.clock.now()))
    registry.clock.jump(60_000)
    const first = await post(
      `${registry.url}/login`,
      { name: 'ada', password },
      `${cookie}; lading-step=${planted}`,
    )
    const half = setIn(first, 'lading-step') ?? ''
    assert.notEqual(half, planted)
    const both = `${cookie}; lading-step=${half}`
    const page = await ask(registry.url, { path: '/login/second', headers: { Cookie: both } })
    const code = codeOf(secret, registry.clock.now())
    const second = await post(`${registry.url}/login/second`, { csrf: csrfIn(page), code }, both)
    await assertFresh(registry, second, 'user:ada')
  })

  it('stays nobody’s by the links of a first account, and of a forgotten password', async () => {
    await using registry = await startTestRegistry()
    const token = (await beginSetUp(registry.composed.core)) ?? ''
    const made = await post(`${registry.url}/setup`, { token, name: 'ada', password: 'seven green kettles' })
    await assertFresh(registry, made, 'user:ada')
    const system = callerOf({ kind: 'system', name: 'test' })
    const link = await registry.composed.registry.accounts.linkFor(system, 'ada')
    const reset = await post(`${registry.url}/password`, { token: link, password: 'nine blue ladders' })
    await assertFresh(registry, reset, 'user:ada')
    // Whoever had been logged in is no more.
    assert.equal(await who(registry.url, setIn(made, 'lading-session')), 'anonymous')
  })

  it('of an attacker’s own does not take the place of a user’s: of two that differ neither counts', async () => {
    await using registry = await startWithAccounts()
    const { accounts } = registry.composed.registry
    await accounts.createUser(callerOf({ kind: 'system', name: 'test' }), { name: 'eve' })
    await accounts.setUserState(callerOf({ kind: 'system', name: 'test' }), { name: 'eve', state: 'active' })
    const begin = async (user: string): Promise<string> =>
      await accounts.beginSession(callerOf({ kind: 'anonymous' }), { user, agent: 'a test' })
    const [hers, eves] = [await begin('ada'), await begin('eve')]
    assert.deepEqual([await who(registry.url, hers), await who(registry.url, eves)], ['user:ada', 'user:eve'])
    assert.equal(await who(registry.url, `${eves}; lading-session=${hers}`), 'anonymous')
  })
})
