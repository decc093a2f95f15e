import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accounts, robots } from '../../../src/core/access/tables.ts'
import { tokenKeysName } from '../../../src/core/access/token-keys.ts'
import { secrets } from '../../../src/core/ledger/tables.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import { type AccessEntry, parseScopes } from '../../../src/domain/token-scope.ts'
import { put } from '../../../src/ports/store/change.ts'
import { callerOf } from '../kit.ts'
import { ada, type Process, system, tokenWorld, whoIs } from './token-world.ts'

const app = 'acme/app' as RepositoryName
const other = 'acme/other' as RepositoryName
const robot = { kind: 'robot', namespace: 'acme', name: 'ci' } as const
const hour = 3_600_000
const day = 24 * hour

const entry = (name: string, ...actions: string[]): AccessEntry => ({ type: 'repository', name, actions })

async function scoped(process: Process, scope: string): Promise<string> {
  await process.access.ready()
  return (await process.tokens.scoped(ada, parseScopes(scope))).token
}

describe('an access token', () => {
  test('is its owner in every process, for what it says and nothing else', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const token = await scoped(here, 'repository:acme/app:pull')
    for (const process of [here, there]) {
      await process.access.ready()
      const who = await whoIs(process, token)
      assert.ok(who?.kind === 'user' && who.via?.kind === 'token')
      assert.deepEqual([who.name, who.via.scopes?.length], ['ada', 1])
      assert.equal(process.access.may(who, 'artifacts:read', app), true)
      for (const permission of ['artifacts:create', 'artifacts:delete', 'members:manage'] as const)
        assert.equal(process.access.may(who, permission, app), false, permission)
      assert.equal(process.access.may(who, 'artifacts:read', other), false)
      assert.deepEqual([app, other].filter(process.access.visible(who)), [app])
    }
  })

  test('is shown again at once, without a promise', async () => {
    await using world = await tokenWorld()
    const token = await scoped(world.here, 'repository:acme/app:pull')
    const first = world.here.access.bearer(token)
    assert.ok(first instanceof Promise)
    const who = await first
    const again = world.here.access.bearer(token)
    assert.ok(!(again instanceof Promise))
    assert.deepEqual(again, who)
    assert.ok(who !== undefined)
  })

  test('is for what its owner may of what was asked: never more', async () => {
    await using world = await tokenWorld()
    const { here } = world
    await here.access.ready()
    const asked = parseScopes(
      'repository:acme/app:pull,push,delete,fly repository:bob/app:pull,push repository:acme/app:* ' +
        'repository:NO:pull repository:acme/none: registry:catalog:* registry:other:* unknown:x:y repository:x',
    )
    const { granted } = await here.tokens.scoped(ada, asked)
    assert.deepEqual(granted, [
      entry('acme/app', 'pull', 'push', 'delete'),
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ])
    assert.deepEqual(
      (await here.tokens.scoped({ kind: 'anonymous' }, parseScopes('repository:acme/app:pull'))).granted,
      [],
    )
  })

  test('gives no more than the key that it was made with, whatever it asks', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const scopes = [
      {
        permissions: ['artifacts:read', 'artifacts:create'] as const,
        namespace: 'acme',
        kind: '*',
        name: 'app',
      },
    ]
    const { key } = await here.registry.accounts.makeKey(callerOf(ada), {
      owner: robot,
      label: 'ci',
      scopes: scopes.map((scope) => ({ ...scope, permissions: [...scope.permissions] })),
    })
    await here.registry.accounts.giveGrant(system, {
      to: 'robot:acme/ci',
      role: 'admin',
      namespace: 'acme',
      kind: '*',
      name: '*',
    })
    await here.access.ready()
    const shown = await here.access.login('x', key)
    assert.ok(shown !== undefined)
    const asked = parseScopes(
      'repository:acme/app:pull,push,delete repository:acme/other:pull registry:catalog:*',
    )
    const { token, granted } = await here.tokens.scoped(shown, asked)
    assert.deepEqual(granted[0], entry('acme/app', 'pull', 'push'))
    const who = await whoIs(here, token)
    assert.ok(who?.kind === 'robot')
    const may = (
      ['artifacts:read', 'artifacts:create', 'artifacts:update', 'tags:move', 'artifacts:delete'] as const
    ).filter((permission) => here.access.may(who, permission, app))
    assert.deepEqual(may, ['artifacts:read', 'artifacts:create'])
    assert.equal(here.access.may(who, 'artifacts:read', other), false)
    const whole = await whoIs(here, (await here.tokens.whole(shown)).token)
    assert.ok(whole !== undefined)
    assert.equal(here.access.may(whole, 'artifacts:delete', app), false)
  })

  test('that is for less says so, and what it is asked for is as good as not there', async () => {
    await using world = await tokenWorld()
    const { here } = world
    const who = await whoIs(here, await scoped(here, 'repository:acme/app:pull'))
    assert.ok(who !== undefined)
    const refusal = (needed: 'artifacts:read' | 'artifacts:create', name: string): unknown => {
      try {
        return here.access.authorize(who, needed, name as RepositoryName)
      } catch (error) {
        return isRegistryError(error, 'unauthenticated') ? error.data.token : error
      }
    }
    assert.equal(refusal('artifacts:read', 'acme/app'), undefined)
    for (const name of ['acme/app', 'acme/other', 'bob/is-not-there'])
      assert.equal(refusal('artifacts:create', name), 'insufficient', name)
    assert.equal(refusal('artifacts:read', 'bob/is-not-there'), 'insufficient')
  })

  test('is nobody’s once its time is over, by another registry, or changed', async () => {
    await using world = await tokenWorld({ lifetime: 60_000 })
    await using elsewhere = await tokenWorld({ publicUrl: 'https://elsewhere.example' })
    const token = await scoped(world.here, 'repository:acme/app:pull')
    assert.equal(await whoIs(elsewhere.here, token), undefined)
    assert.equal(await whoIs(world.here, `${token.slice(0, -4)}AAAA`), undefined)
    assert.equal(await whoIs(world.here, ''), undefined)
    await world.clock.advance(59_000)
    assert.ok(await whoIs(world.here, token))
    await world.clock.advance(1_000)
    assert.equal(await whoIs(world.here, token), undefined)
  })

  test('makes no other token', async () => {
    await using world = await tokenWorld()
    const who = await whoIs(world.here, (await world.here.tokens.whole(ada)).token)
    assert.ok(who !== undefined)
    const isDenied = (error: unknown): boolean => isRegistryError(error, 'denied')
    await assert.rejects(world.here.tokens.whole(who), isDenied)
    await assert.rejects(world.here.tokens.scoped(who, []), isDenied)
    await assert.rejects(world.here.tokens.begin(callerOf(who), 'x'), isDenied)
  })

  test('that would say more than fits into a header is not made', async () => {
    await using world = await tokenWorld()
    await world.here.access.ready()
    const asked = Array.from({ length: 100 }, (_, at) => entry(`acme/${'a'.repeat(100)}${at}`, 'pull'))
    await assert.rejects(world.here.tokens.scoped(ada, asked), (error) =>
      isRegistryError(error, 'parameter-invalid'),
    )
  })
})

describe('what a token rests upon, when it is gone, is gone in every process', () => {
  const cases: readonly (readonly [
    string,
    (here: Process) => Promise<{ token: string; end(): Promise<void> }>,
  ])[] = [
    [
      'the account is disabled',
      async (here) => ({
        token: (await here.tokens.whole(ada)).token,
        end: () => here.registry.accounts.setUserState(system, { name: 'ada', state: 'disabled' }),
      }),
    ],
    [
      'the password is another one',
      async (here) => ({
        token: (await here.tokens.whole(ada)).token,
        end: async () => {
          await here.core.ledger.change(system, async () => {
            const row = await here.core.store.get(accounts, ['ada'])
            assert.ok(row !== undefined)
            const { rev, ...rest } = row
            return {
              value: undefined,
              changes: [put(accounts, { ...rest, epoch: rest.epoch + 1 }, rev)],
              events: [{ kind: 'access.changed', repository: '' }],
            }
          })
        },
      }),
    ],
    [
      'the key is revoked',
      async (here) => {
        const { id, key } = await here.registry.accounts.makeKey(callerOf(ada), {
          owner: { kind: 'user', name: 'ada' },
          label: 'x',
        })
        const shown = await here.access.login('', key)
        assert.ok(shown !== undefined)
        return {
          token: (await here.tokens.whole(shown)).token,
          end: () => here.registry.accounts.revokeKey(callerOf(ada), id),
        }
      },
    ],
    [
      'the robot is disabled',
      async (here) => {
        const { key } = await here.registry.accounts.makeKey(callerOf(ada), { owner: robot, label: 'x' })
        const shown = await here.access.login('', key)
        assert.ok(shown !== undefined)
        return {
          token: (await here.tokens.whole(shown)).token,
          end: async () => {
            await here.core.ledger.change(system, async () => {
              const row = await here.core.store.get(robots, ['acme', 'ci'])
              assert.ok(row !== undefined)
              const { rev, ...rest } = row
              return {
                value: undefined,
                changes: [put(robots, { ...rest, disabled: true }, rev)],
                events: [{ kind: 'access.changed', repository: '' }],
              }
            })
          },
        }
      },
    ],
    [
      'the sign-in has ended',
      async (here) => {
        const { access, refreshed } = await here.tokens.begin(callerOf(ada), 'laptop')
        return { token: access.token, end: () => here.tokens.end(callerOf(ada), refreshed.family) }
      },
    ],
  ]
  for (const [name, begin] of cases)
    test(name, async () => {
      await using world = await tokenWorld()
      const { token, end } = await begin(world.here)
      for (const process of [world.here, world.there]) {
        assert.ok(await whoIs(process, token))
        assert.ok(!(process.access.bearer(token) instanceof Promise), 'it is kept')
      }
      await end()
      for (const process of [world.here, world.there]) assert.equal(await whoIs(process, token), undefined)
    })

  test('a key that is good from some addresses, and for some time', async () => {
    await using world = await tokenWorld()
    const { here, clock } = world
    const { key } = await here.registry.accounts.makeKey(callerOf(ada), {
      owner: robot,
      label: 'x',
      from: ['10.0.0.0/8'],
      expiresAt: clock.now() + 60_000,
    })
    const shown = await here.access.login('', key, '10.0.0.1')
    assert.ok(shown !== undefined)
    const { token } = await here.tokens.whole(shown)
    assert.ok(await whoIs(here, token, '10.0.0.2'))
    assert.equal(await whoIs(here, token, '192.0.2.1'), undefined)
    assert.equal(await whoIs(here, token), undefined)
    await clock.advance(60_000)
    assert.equal(await whoIs(here, token, '10.0.0.2'), undefined)
  })

  test('a user of the configuration, until the name has an account', async () => {
    await using world = await tokenWorld()
    const cleo = { kind: 'user', name: 'cleo' } as const
    const { token } = await world.here.tokens.whole(cleo)
    for (const process of [world.here, world.there]) assert.ok(await whoIs(process, token))
    await world.here.registry.accounts.createUser(system, { name: 'cleo' })
    for (const process of [world.here, world.there]) assert.equal(await whoIs(process, token), undefined)
    await assert.rejects(world.here.tokens.begin(callerOf(cleo), 'x'), (error) =>
      isRegistryError(error, 'denied'),
    )
  })
})

describe('keys that tokens are signed with', () => {
  test('are one, however many processes want the first at once', async () => {
    await using world = await tokenWorld()
    const { here, there } = world
    const made = await Promise.all(
      [here, there, here, there].map(async ({ tokens }) => (await tokens.whole(ada)).token),
    )
    const [one, ...others] = await here.tokens.keys()
    assert.deepEqual(others, [])
    assert.deepEqual(await there.tokens.keys(), [one])
    for (const token of made)
      for (const process of [here, there]) assert.ok(await whoIs(process, token), token)
  })

  test('are shown without their secrets, which stand in one row', async () => {
    await using world = await tokenWorld()
    const keys = await world.here.tokens.keys()
    const row = await world.here.store.get(secrets, [tokenKeysName])
    const [{ seed = '' } = {}] = JSON.parse(Buffer.from(row?.bytes ?? []).toString()) as { seed?: string }[]
    assert.equal(Buffer.from(seed, 'base64url').length, 32)
    const { publicKey } = keys[0] ?? {}
    assert.equal(Buffer.from(publicKey ?? '', 'base64url').length, 32)
    assert.notEqual(publicKey, seed)
  })

  test('change by the time; the one before is known until its last token is over, and then forgotten', async () => {
    await using world = await tokenWorld({ keyRotation: day, lifetime: hour })
    const { here, there, clock } = world
    const [first] = await here.tokens.keys()
    await clock.advance(day - 1_000)
    const { token } = await here.tokens.whole(ada)
    await clock.advance(1_000)
    const { token: newer } = await there.tokens.whole(ada)
    const known = await here.tokens.keys()
    assert.deepEqual([known.length, known[0]?.id], [2, first?.id])
    for (const process of [here, there])
      for (const each of [token, newer]) assert.ok(await whoIs(process, each))
    await clock.advance(2 * hour)
    assert.deepEqual((await here.tokens.keys()).length, 1)
    await clock.advance(day)
    await here.tokens.whole(ada)
    await clock.advance(day)
    await there.tokens.whole(ada)
    const row = await here.store.get(secrets, [tokenKeysName])
    assert.equal((JSON.parse(Buffer.from(row?.bytes ?? []).toString()) as unknown[]).length, 2)
  })
})
