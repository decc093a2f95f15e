import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openJoseSigner } from '../../../src/adapters/identity/jose/open-jose-signer.ts'
import { tokenFamilies } from '../../../src/core/access/token-tables.ts'
import { eachRow } from '../../../src/core/ledger/each-row.ts'
import { isApiKey } from '../../../src/domain/api-key.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { familyPartOf, isRefreshToken, nextRefreshToken } from '../../../src/domain/refresh-token.ts'
import { parseScopes } from '../../../src/domain/token-scope.ts'
import { callerOf } from '../kit.ts'
import { ada, type Process, system, tokenWorld, whoIs } from './token-world.ts'

const nobody = callerOf({ kind: 'anonymous' })
const day = 86_400_000
const isRefused = (error: unknown): boolean => isRegistryError(error, 'unauthenticated')

async function families({ core }: Process): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of eachRow(core.store, tokenFamilies)) ids.push(id)
  return ids
}

describe('a refresh token', () => {
  test('gives an access token and takes its own place by another, once', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const { access, refreshed } = await here.tokens.begin(callerOf(ada), 'laptop')
    const first = refreshed.refreshToken
    assert.ok(isRefreshToken(first) && !isApiKey(first))
    const next = await there.tokens.renew(nobody, first)
    const second = next.refreshed.refreshToken
    assert.ok(isRefreshToken(second) && second !== first)
    assert.equal(familyPartOf(second), familyPartOf(first))
    for (const token of [access.token, next.access.token]) {
      const who = await whoIs(here, token)
      assert.ok(who?.kind === 'user' && who.via?.id.startsWith(`${refreshed.family}.`) === true)
      assert.equal(who.via?.scopes, undefined)
    }
    // Nor is it a key, or a token, to be shown at the doors.
    assert.equal(await whoIs(here, second), undefined)
    assert.equal(await here.access.login('ada', second), undefined)
    assert.deepEqual(await world.deeds(), ['user:ada token.create user:ada'])
  })

  test('that comes again ends all of its family, in every process, whoever has the other one', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const { refreshed, access } = await here.tokens.begin(callerOf(ada), 'laptop')
    const thief = await there.tokens.renew(nobody, refreshed.refreshToken)
    assert.ok(await whoIs(there, thief.access.token))
    await assert.rejects(here.tokens.renew(nobody, refreshed.refreshToken), isRefused)
    for (const process of [here, there]) {
      for (const token of [access.token, thief.access.token])
        assert.equal(await whoIs(process, token), undefined)
      await assert.rejects(process.tokens.renew(nobody, thief.refreshed.refreshToken), isRefused)
    }
    assert.deepEqual(await world.deeds(), [
      'user:ada token.create user:ada',
      'anonymous token.stolen user:ada',
    ])
  })

  test('that does not rotate could be used by a thief for good: the attack that rotation ends', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const kept = await here.tokens.offline(callerOf(ada), 'docker')
    assert.ok(kept !== undefined)
    for (let times = 0; times < 3; times++)
      assert.equal((await here.tokens.refresh(nobody, kept.refreshToken)).refreshToken, kept.refreshToken)
  })

  test('asked for by several at once is given to one, and the others end it', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const { refreshed } = await here.tokens.begin(callerOf(ada), 'laptop')
    const outcomes = await Promise.allSettled(
      [here, there, here, there].map(({ tokens }) => tokens.renew(nobody, refreshed.refreshToken)),
    )
    assert.ok(outcomes.filter(({ status }) => status === 'fulfilled').length <= 1)
    assert.deepEqual(await families(here), [])
  })

  test('of a form that is right, and of nobody, or made up of half a right one, is none', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const { refreshed } = await here.tokens.begin(callerOf(ada), 'laptop')
    const unknown = `lading_refresh_${'a'.repeat(44)}000000`
    for (const token of ['', 'x', unknown, refreshed.refreshToken.slice(0, -1), `${refreshed.refreshToken}a`])
      await assert.rejects(here.tokens.renew(nobody, token), isRefused)
    assert.equal((await families(here)).length, 1)
    const made = nextRefreshToken(refreshed.refreshToken, (length) => new Uint8Array(length))
    await assert.rejects(here.tokens.renew(nobody, made), isRefused)
    assert.deepEqual(await families(here), [])
  })

  test('is good as long as it is used now and then, and for a year at most', async () => {
    await using world = await tokenWorld({ refreshLifetime: 30 * day })
    const { here, clock } = world
    const idle = await here.tokens.begin(callerOf(ada), 'idle')
    let token = (await here.tokens.begin(callerOf(ada), 'busy')).refreshed.refreshToken
    for (let days = 0; days < 340; days += 20) {
      await clock.advance(20 * day)
      token = (await here.tokens.renew(nobody, token)).refreshed.refreshToken
    }
    await assert.rejects(here.tokens.renew(nobody, idle.refreshed.refreshToken), isRefused)
    await clock.advance(25 * day)
    await assert.rejects(here.tokens.renew(nobody, token), isRefused)
  })

  test('is good for nothing once what it rests upon is gone', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const { accounts } = here.registry
    const { id, key } = await accounts.makeKey(callerOf(ada), {
      owner: { kind: 'user', name: 'ada' },
      label: 'x',
      from: ['10.0.0.0/8'],
    })
    const shown = await here.access.login('', key, '10.0.0.1')
    assert.ok(shown !== undefined)
    const byKey = await here.tokens.offline(callerOf(shown), 'docker')
    const byPassword = await here.tokens.begin(callerOf(ada), 'laptop')
    assert.ok(byKey !== undefined)
    const within = { ...nobody, address: '10.0.0.9' }
    await there.tokens.refresh(within, byKey.refreshToken)
    await assert.rejects(there.tokens.refresh(nobody, byKey.refreshToken), isRefused)
    await accounts.revokeKey(callerOf(ada), id)
    await assert.rejects(there.tokens.refresh(within, byKey.refreshToken), isRefused)
    await accounts.setUserState(system, { name: 'ada', state: 'disabled' })
    await assert.rejects(there.tokens.renew(nobody, byPassword.refreshed.refreshToken), isRefused)
    await accounts.setUserState(system, { name: 'ada', state: 'active' })
    await assert.rejects(there.tokens.renew(nobody, byPassword.refreshed.refreshToken), isRefused)
  })

  test('is not begun by a session that ends while it is asked for', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const { accounts } = here.registry
    const token = await accounts.beginSession(callerOf(ada), { user: 'ada', agent: 'a browser' })
    const thief = (await here.access.session(token)) ?? assert.fail()
    await accounts.setUserState(system, { name: 'ada', state: 'disabled' })
    await accounts.setUserState(system, { name: 'ada', state: 'active' })
    assert.equal(await here.access.session(token), undefined)
    await assert.rejects(here.tokens.begin(callerOf(thief), 'laptop'), isRefused)
    const { token: whole } = await here.tokens.whole(thief)
    assert.equal(await whoIs(here, whole), undefined)
  })

  test('stands nowhere in the records as it is', async () => {
    await using world = await tokenWorld()
    const { refreshed } = await world.here.tokens.begin(callerOf(ada), 'laptop')
    const row = await world.here.store.get(tokenFamilies, [refreshed.family])
    const written = JSON.stringify(row)
    assert.ok(!written.includes(refreshed.refreshToken))
    assert.ok(!written.includes(familyPartOf(refreshed.refreshToken)))
  })
})

describe('sign-ins that go on', () => {
  test('are listed to their owner, and ended by them, by their own token, and by nobody else', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const bob: Principal = { kind: 'user', name: 'bob', via: { kind: 'password', id: '', epoch: 0 } }
    const [one, two] = [
      await here.tokens.begin(callerOf(ada), 'one'),
      await here.tokens.begin(callerOf(ada), 'two'),
    ]
    const owner = { kind: 'user', name: 'ada' } as const
    const listed = await here.tokens.list(callerOf(ada), owner)
    assert.deepEqual(
      listed.map(({ label }) => label),
      ['one', 'two'],
    )
    await assert.rejects(here.tokens.list(callerOf(bob), owner), (error) => isRegistryError(error, 'denied'))
    for (const family of [one.refreshed.family, 'is-not-there'])
      await assert.rejects(here.tokens.end(callerOf(bob), family), (error) =>
        isRegistryError(error, 'account-unknown'),
      )
    const who = await whoIs(here, one.access.token)
    assert.ok(who !== undefined)
    await here.tokens.end(callerOf(who))
    assert.equal(await whoIs(here, one.access.token), undefined)
    assert.ok(await whoIs(here, two.access.token))
    await here.tokens.end(callerOf(ada), two.refreshed.family)
    assert.deepEqual(await families(here), [])
    assert.equal((await world.deeds()).filter((deed) => deed.includes('token.revoke')).length, 2)
  })

  test('are a hundred for one owner at most, and those that are over go', async () => {
    await using world = await tokenWorld({ refreshLifetime: day })
    const { here, clock } = world
    const first = await here.tokens.begin(callerOf(ada), 'first')
    for (let more = 0; more < 100; more++) {
      await clock.advance(1)
      await here.tokens.begin(callerOf(ada), 'more')
    }
    assert.equal((await families(here)).length, 100)
    await assert.rejects(here.tokens.renew(nobody, first.refreshed.refreshToken), isRefused)
    await clock.advance(day)
    for (let more = 0; more < 12; more++) await here.tokens.begin(callerOf(ada), 'later')
    assert.equal((await families(here)).length, 12)
  })

  test('of a key that is for less are for no more', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const { key } = await here.registry.accounts.makeKey(callerOf(ada), {
      owner: { kind: 'user', name: 'ada' },
      label: 'x',
      scopes: [{ permissions: ['artifacts:read'], namespace: 'acme', kind: '*', name: '*' }],
    })
    const shown = await here.access.login('', key)
    assert.ok(shown !== undefined)
    const kept = await here.tokens.offline(callerOf(shown), 'docker')
    assert.ok(kept !== undefined)
    const refreshed = await here.tokens.refresh(nobody, kept.refreshToken)
    await here.access.ready()
    const asked = parseScopes('repository:acme/app:pull,push,delete repository:ada/own:pull')
    const { granted, token } = await here.tokens.scopedFor(refreshed, asked)
    assert.deepEqual(granted, [{ type: 'repository', name: 'acme/app', actions: ['pull'] }])
    assert.equal(openJoseSigner().keyIdOf(token), (await here.tokens.keys())[0]?.id)
  })
})
