import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NamespaceParts } from '../../../src/core/access/access-parts.ts'
import { createOrganisation, createUser, setUserState } from '../../../src/core/access/accounts.ts'
import { resetFactors } from '../../../src/core/access/factors/remove-factor.ts'
import { giveGrant, takeGrant } from '../../../src/core/access/grants.ts'
import { findKey, makeKey, principalOf, revokeKey } from '../../../src/core/access/keys.ts'
import { linkFor } from '../../../src/core/access/letters.ts'
import { removeMember, setMember } from '../../../src/core/access/members.ts'
import { changeSettings } from '../../../src/core/access/namespace-settings.ts'
import { createNamespace, transferNamespace } from '../../../src/core/access/namespaces.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { createRobot } from '../../../src/core/access/robots.ts'
import { setRole } from '../../../src/core/access/roles.ts'
import { accounts, keys, members } from '../../../src/core/access/tables.ts'
import { addToTeam, createTeam, deleteTeam, removeFromTeam } from '../../../src/core/access/teams.ts'
import { whileEmpty } from '../../../src/core/content/while-empty.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { isRegistryError, type RegistryError } from '../../../src/domain/error.ts'
import { type Permission, wholeRegistry } from '../../../src/domain/permission.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

const user = (name: string): Caller => callerOf({ kind: 'user', name })
const system = callerOf({ kind: 'system', name: 'test' })
const anonymous = callerOf({ kind: 'anonymous' })

interface World extends AsyncDisposable {
  readonly core: TestCore
  readonly parts: NamespaceParts
  may(principal: Principal, permission: Permission, name?: string): Promise<boolean>
}

/** Ada owns acme; bob, cy and dan have accounts. */
async function acme(): Promise<World> {
  const core = await testCore()
  const parts = {
    core: core.core,
    book: new RightsBook(core.core.store, core.generations),
    whileEmpty: (namespace: string) => whileEmpty(core.core, namespace),
  }
  for (const name of ['ada', 'bob', 'cy', 'dan']) await createUser(parts, system, { name })
  await createOrganisation(parts, user('ada'), { name: 'acme' })
  return {
    core,
    parts,
    may: async (principal, permission, name = 'app') =>
      (await parts.book.current()).decide(principal, permission, { namespace: 'acme', kind: 'image', name })
        .allowed,
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  }
}

const refused = (code: RegistryError['code']) => (error: unknown) => {
  assert.ok(isRegistryError(error, code), String(error))
  return true
}

describe('accounts', () => {
  test('are made by who may, with a namespace of their own, once', async () => {
    await using world = await acme()
    const { parts, core } = world
    await assert.rejects(createUser(parts, anonymous, { name: 'eve' }), refused('unauthenticated'))
    await assert.rejects(createUser(parts, user('ada'), { name: 'eve' }), refused('denied'))
    for (const what of [{ name: 'ada' }, { name: 'acme' }])
      await assert.rejects(createUser(parts, system, what), refused('account-exists'))
    for (const what of [
      { name: 'Ada' },
      { name: '' },
      { name: 'a'.repeat(65) },
      { name: 'library' },
      { name: 'image' },
      { name: 'api' },
      { name: 'eve', email: 'eve' },
      { name: 'eve', email: 'a b@example.com' },
      { name: 'eve', title: 'a\nb' },
    ])
      await assert.rejects(createUser(parts, system, what), refused('account-invalid'), JSON.stringify(what))
    await createUser(parts, system, { name: 'eve', email: 'eve@example.com', title: 'Eve É' })
    const { rev: _, ...row } = (await core.store.get(accounts, ['eve'])) ?? assert.fail()
    assert.deepEqual(row, {
      name: 'eve',
      kind: 'user',
      title: 'Eve É',
      email: 'eve@example.com',
      emailVerifiedAt: 0,
      state: 'invited',
      createdAt: core.clock.now(),
      createdBy: 'system:test',
      epoch: 0,
      keyEpoch: 0,
    })
    const rights = await parts.book.current()
    const own = { namespace: 'eve', kind: 'image', name: 'app' }
    assert.ok(rights.decide({ kind: 'user', name: 'eve' }, 'artifacts:delete', own).allowed)
    assert.ok(!rights.decide({ kind: 'user', name: 'ada' }, 'artifacts:read', own).allowed)
  })

  test('that are disabled have another epoch, so that what was issued before counts no more', async () => {
    await using world = await acme()
    const { parts, core } = world
    const epoch = async (): Promise<number> => (await core.store.get(accounts, ['bob']))?.epoch ?? -1
    const before = await epoch()
    await assert.rejects(
      setUserState(parts, user('bob'), { name: 'bob', state: 'disabled' }),
      refused('denied'),
    )
    await setUserState(parts, system, { name: 'bob', state: 'disabled' })
    await setUserState(parts, system, { name: 'bob', state: 'disabled' })
    assert.equal(await epoch(), before + 1)
    await assert.rejects(
      setUserState(parts, system, { name: 'acme', state: 'disabled' }),
      refused('account-unknown'),
    )
  })
})

describe('members of an organisation', () => {
  test('may what they are, from the answer on, and no more once they are not', async () => {
    await using world = await acme()
    const { parts, may } = world
    const bob = user('bob').principal
    for (const [membership, reads, creates, manages] of [
      ['read', true, false, false],
      ['write', true, true, false],
      ['admin', true, true, true],
    ] as const) {
      await setMember(parts, user('ada'), { organisation: 'acme', user: 'bob', membership })
      assert.deepEqual(
        [
          await may(bob, 'artifacts:read'),
          await may(bob, 'artifacts:create'),
          await may(bob, 'members:manage'),
        ],
        [reads, creates, manages],
      )
    }
    await removeMember(parts, user('ada'), { organisation: 'acme', user: 'bob' })
    assert.equal(await may(bob, 'artifacts:read'), false)
  })

  test('make nobody what they may not: not themselves either', async () => {
    await using world = await acme()
    const { parts } = world
    const set = (by: string, who: string, membership: 'owner' | 'admin' | 'write') =>
      setMember(parts, user(by), { organisation: 'acme', user: who, membership })
    await set('ada', 'bob', 'write')
    await set('ada', 'cy', 'admin')
    for (const [by, who, membership] of [
      ['bob', 'bob', 'admin'],
      ['bob', 'dan', 'write'],
      ['dan', 'dan', 'write'],
      ['cy', 'cy', 'owner'],
      ['cy', 'ada', 'write'],
    ] as const)
      await assert.rejects(set(by, who, membership), refused('denied'), `${by} made ${who} ${membership}`)
    await assert.rejects(
      removeMember(parts, user('cy'), { organisation: 'acme', user: 'ada' }),
      refused('denied'),
    )
    await assert.rejects(
      removeMember(parts, user('ada'), { organisation: 'acme', user: 'ada' }),
      refused('last-owner'),
    )
    await set('cy', 'dan', 'write')
    await removeMember(parts, user('dan'), { organisation: 'acme', user: 'dan' })
    await assert.rejects(set('ada', 'nobody', 'write'), refused('account-unknown'))
  })

  test('always leave one owner, however many go at once', async () => {
    await using world = await acme()
    const { parts, core } = world
    const names = Array.from({ length: 64 }, (_, n) => `owner-${n}`)
    for (const name of names) {
      await createUser(parts, system, { name })
      await setMember(parts, user('ada'), { organisation: 'acme', user: name, membership: 'owner' })
    }
    let isOver = false
    const going = Promise.allSettled(
      ['ada', ...names].map((name) => removeMember(parts, user(name), { organisation: 'acme', user: name })),
    ).finally(() => {
      isOver = true
    })
    while (!isOver) await core.clock.advance(1)
    const gone = await going
    const { rows } = await core.store.find(members, { index: 'key', eq: ['acme'], limit: 100 })
    const left = rows.filter(({ membership }) => membership === 'owner').length
    assert.ok(left >= 1, 'nobody was left')
    assert.equal(gone.filter(({ status }) => status === 'fulfilled').length, 65 - left)
    for (const each of gone)
      if (each.status === 'rejected')
        assert.ok(
          isRegistryError(each.reason, 'last-owner') || isRegistryError(each.reason, 'unavailable'),
          String(each.reason),
        )
  })
})

describe('teams and grants', () => {
  test('a team gives what it was granted to its members, until it or the grant goes', async () => {
    await using world = await acme()
    const { parts, may } = world
    const team = { organisation: 'acme', team: 'release' }
    const dan = user('dan').principal
    await createTeam(parts, user('ada'), team)
    await assert.rejects(createTeam(parts, user('ada'), team), refused('account-exists'))
    await assert.rejects(addToTeam(parts, user('ada'), { ...team, user: 'dan' }), refused('account-unknown'))
    await setMember(parts, user('ada'), { organisation: 'acme', user: 'dan', membership: 'read' })
    await addToTeam(parts, user('ada'), { ...team, user: 'dan' })
    const grant = {
      to: 'team:acme/release',
      role: 'releaser',
      namespace: 'acme',
      kind: '*',
      name: 'app*',
    } as const
    const id = await giveGrant(parts, user('ada'), grant)
    assert.deepEqual(
      [await may(dan, 'artifacts:publish'), await may(dan, 'artifacts:publish', 'other')],
      [true, false],
    )
    await takeGrant(parts, user('ada'), id)
    assert.equal(await may(dan, 'artifacts:publish'), false)
    await giveGrant(parts, user('ada'), grant)
    await deleteTeam(parts, user('ada'), team)
    assert.equal(await may(dan, 'artifacts:publish'), false)
    await createTeam(parts, user('ada'), team)
    await addToTeam(parts, user('ada'), { ...team, user: 'dan' })
    assert.equal(
      await may(dan, 'artifacts:publish'),
      false,
      'what an earlier team was given is given to a later one',
    )
  })

  test('nobody gives what they do not have', async () => {
    await using world = await acme()
    const { parts } = world
    const grant = { to: 'user:bob', role: 'admin', namespace: 'acme', kind: '*', name: '*' } as const
    await assert.rejects(giveGrant(parts, user('bob'), grant), refused('denied'))
    await assert.rejects(
      giveGrant(parts, user('ada'), { ...grant, role: 'viewer', namespace: '*' }),
      refused('denied'),
    )
    await giveGrant(parts, user('ada'), { ...grant, role: 'writer' })
    // All there is in a namespace; the users of the registry are not.
    await giveGrant(parts, user('ada'), grant)
    const rights = await parts.book.current()
    assert.ok(!rights.decide(user('bob').principal, 'users:manage', wholeRegistry).allowed)
    await assert.rejects(
      giveGrant(parts, user('ada'), { ...grant, role: 'none' }),
      refused('account-unknown'),
    )
    await assert.rejects(
      giveGrant(parts, user('ada'), { ...grant, role: 'viewer', to: 'user:no' }),
      refused('account-unknown'),
    )
    for (const wrong of [{ namespace: 'A' }, { kind: '' }, { name: '(' }, { name: 'a'.repeat(201) }])
      await assert.rejects(
        giveGrant(parts, user('ada'), { ...grant, role: 'viewer', ...wrong }),
        refused('account-invalid'),
      )
  })
})

describe('nobody comes by more than they have', () => {
  const everywhere = { namespace: '*', kind: '*', name: '*' } as const
  const inAcme = { ...everywhere, namespace: 'acme' } as const
  const bob = user('bob')

  test('through the account of somebody whom they look after', async () => {
    await using world = await acme()
    const { parts } = world
    await setRole(parts, system, { name: 'helpdesk', permissions: ['users:manage'] })
    await giveGrant(parts, system, { ...everywhere, to: 'user:bob', role: 'helpdesk' })
    const ways: Readonly<Record<string, (user: string) => Promise<unknown>>> = {
      link: (name) => linkFor(parts, bob, name),
      key: (name) => makeKey(parts, bob, { owner: { kind: 'user', name }, label: 'mine' }),
      factors: (name) => resetFactors(parts, bob, name),
      state: (name) => setUserState(parts, bob, { name, state: 'active' }),
    }
    for (const way of Object.values(ways)) for (const name of ['cy', 'dan']) await way(name)
    await giveGrant(parts, system, { ...everywhere, to: 'user:dan', role: 'viewer' })
    await setMember(parts, system, { organisation: 'acme', user: 'cy', membership: 'read' })
    const team = { organisation: 'acme', team: 'watch' }
    await createTeam(parts, system, team)
    await addToTeam(parts, system, { ...team, user: 'cy' })
    await giveGrant(parts, system, { ...everywhere, kind: 'image', to: 'team:acme/watch', role: 'viewer' })
    for (const [name, way] of Object.entries(ways))
      for (const who of ['cy', 'dan']) await assert.rejects(way(who), refused('denied'), `${name} of ${who}`)
    await giveGrant(parts, system, { ...everywhere, to: 'user:bob', role: 'viewer' })
    for (const way of Object.values(ways)) for (const name of ['cy', 'dan']) await way(name)
  })

  test('through a robot, a team or a membership of the organisation that they look after', async () => {
    await using world = await acme()
    const { parts } = world
    const robot = { kind: 'robot', namespace: 'acme', name: 'ci' } as const
    const team = { organisation: 'acme', team: 'release' }
    await setRole(parts, system, { name: 'keeper', permissions: ['members:manage'] })
    await giveGrant(parts, system, { ...inAcme, to: 'user:bob', role: 'keeper' })
    await setMember(parts, system, { organisation: 'acme', user: 'cy', membership: 'read' })
    await createRobot(parts, bob, robot)
    await createTeam(parts, bob, team)
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      robot: () => makeKey(parts, bob, { owner: robot, label: 'mine' }),
      team: () => addToTeam(parts, bob, { ...team, user: 'cy' }),
    }
    const backOut = (): Promise<void> => removeFromTeam(parts, system, { ...team, user: 'cy' })
    for (const way of Object.values(ways)) await way()
    await backOut()
    for (const to of ['robot:acme/ci', 'team:acme/release'] as const) {
      // Left to those who keep them by whoever granted it.
      await giveGrant(parts, user('dan'), { ...everywhere, namespace: 'dan', to, role: 'writer' })
      await giveGrant(parts, user('ada'), { ...inAcme, name: 'app', to, role: 'viewer' })
    }
    for (const [name, way] of Object.entries(ways)) await assert.rejects(way(), refused('denied'), name)
    for (const membership of ['read', 'write', 'admin'] as const)
      await assert.rejects(
        setMember(parts, bob, { organisation: 'acme', user: 'dan', membership }),
        refused('denied'),
        membership,
      )
    await giveGrant(parts, user('ada'), { ...inAcme, to: 'user:bob', role: 'viewer' })
    for (const way of Object.values(ways)) await way()
    await setMember(parts, bob, { organisation: 'acme', user: 'dan', membership: 'read' })
    await assert.rejects(
      setMember(parts, bob, { organisation: 'acme', user: 'dan', membership: 'write' }),
      refused('denied'),
    )
  })

  test('in other namespaces of the organisation than the one that they look after', async () => {
    await using world = await acme()
    const { parts } = world
    const robot = { kind: 'robot', namespace: 'acme', name: 'ci' } as const
    const team = { organisation: 'acme', team: 'release' }
    await createNamespace(parts, user('ada'), { namespace: 'tools', owner: 'organisation:acme' })
    await giveGrant(parts, user('ada'), { ...inAcme, to: 'user:bob', role: 'admin' })
    await setMember(parts, user('ada'), { organisation: 'acme', user: 'cy', membership: 'read' })
    await createTeam(parts, user('ada'), team)
    await createRobot(parts, user('ada'), robot)
    for (const to of ['robot:acme/ci', 'team:acme/release'] as const)
      await giveGrant(parts, user('ada'), { ...everywhere, namespace: 'tools', to, role: 'viewer' })
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      robot: () => makeKey(parts, bob, { owner: robot, label: 'mine' }),
      team: () => addToTeam(parts, bob, { ...team, user: 'cy' }),
      member: () => setMember(parts, bob, { organisation: 'acme', user: 'bob', membership: 'read' }),
    }
    for (const [name, way] of Object.entries(ways)) await assert.rejects(way(), refused('denied'), name)
    await giveGrant(parts, user('ada'), {
      ...everywhere,
      namespace: 'tools',
      to: 'user:bob',
      role: 'viewer',
    })
    for (const way of Object.values(ways)) await way()
    await assert.rejects(
      setMember(parts, bob, { organisation: 'acme', user: 'bob', membership: 'admin' }),
      refused('denied'),
    )
  })

  test('by a namespace that they make their own because they look after users', async () => {
    await using world = await acme()
    const { parts } = world
    await setRole(parts, system, { name: 'helpdesk', permissions: ['users:manage'] })
    await giveGrant(parts, system, { ...everywhere, to: 'user:bob', role: 'helpdesk' })
    await createNamespace(parts, user('ada'), { namespace: 'tools', owner: 'user:ada' })
    const transfer = (by: Caller, to: string): Promise<void> =>
      transferNamespace(parts, by, { namespace: 'tools', to: `user:${to}` })
    for (const to of ['bob', 'dan']) await assert.rejects(transfer(bob, to), refused('denied'), to)
    await giveGrant(parts, system, { ...everywhere, to: 'user:bob', role: 'admin' })
    await transfer(bob, 'dan')
    await assert.rejects(transfer(user('ada'), 'ada'), refused('denied'))
  })

  test('and who has all of it keeps house from anywhere, whatever addresses a namespace is bound to', async () => {
    await using world = await acme()
    const { parts } = world
    const ada: Caller = callerOf({ kind: 'user', name: 'ada', from: '198.51.100.1' })
    await createNamespace(parts, user('ada'), { namespace: 'tools', owner: 'organisation:acme' })
    const change = { addresses: ['192.0.2.0/24'] }
    await changeSettings(parts, system, { namespace: 'tools', change })
    await setMember(parts, ada, { organisation: 'acme', user: 'bob', membership: 'admin' })
  })
})

describe('keys', () => {
  test('are shown once, found by their hash, and good for nothing once they are revoked', async () => {
    await using world = await acme()
    const { parts, core, may } = world
    const ada = user('ada').principal as Extract<Principal, { kind: 'user' }>
    const scopes = [{ namespace: 'acme', kind: '*', name: '*', permissions: ['artifacts:read'] }] as const
    const { id, key } = await makeKey(parts, user('ada'), { owner: ada, label: 'laptop', scopes })
    const rows = JSON.stringify(await core.store.find(keys, { index: 'key', limit: 10 }))
    const log = JSON.stringify(await core.store.find(auditEntries, { index: 'key', limit: 1000 }))
    assert.ok(!rows.includes(key.slice(20)) && !log.includes(key.slice(12)), 'the key itself was kept')
    const found = await findKey(parts, key)
    const principal = (found && principalOf(found)) ?? assert.fail()
    assert.deepEqual(principal, { kind: 'user', name: 'ada', via: { kind: 'key', id, scopes } })
    assert.deepEqual(
      [await may(principal, 'artifacts:read'), await may(principal, 'artifacts:delete')],
      [true, false],
    )
    const byKey = callerOf(principal)
    await assert.rejects(makeKey(parts, byKey, { owner: ada, label: 'more' }), refused('denied'))
    await assert.rejects(revokeKey(parts, user('bob'), id), refused('denied'))
    await revokeKey(parts, user('ada'), id)
    assert.equal(await findKey(parts, key), undefined)
    await assert.rejects(revokeKey(parts, user('ada'), id), refused('account-unknown'))
  })
})
