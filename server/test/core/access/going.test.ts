import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NamespaceParts } from '../../../src/core/access/access-parts.ts'
import { createOrganisation, createUser } from '../../../src/core/access/accounts.ts'
import { giveGrant } from '../../../src/core/access/grants.ts'
import { makeKey } from '../../../src/core/access/keys.ts'
import { removeMember, setMember } from '../../../src/core/access/members.ts'
import { createNamespace } from '../../../src/core/access/namespaces.ts'
import { deleteOrganisation } from '../../../src/core/access/organisations.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { createRobot, deleteRobot } from '../../../src/core/access/robots.ts'
import { deleteRole, setRole } from '../../../src/core/access/roles.ts'
import { grants, keys, members, namespaceRules, teamMembers, teams } from '../../../src/core/access/tables.ts'
import { addToTeam, createTeam, deleteTeam } from '../../../src/core/access/teams.ts'
import { whileEmpty } from '../../../src/core/content/while-empty.ts'
import { RegistryError } from '../../../src/domain/error.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const ada = callerOf({ kind: 'user', name: 'ada' })

interface World extends AsyncDisposable {
  readonly test: TestCore
  readonly parts: NamespaceParts
  /** All at once, on a clock that moves. What is refused is refused by the registry. */
  race(...racing: readonly Promise<unknown>[]): Promise<readonly boolean[]>
}

async function open(): Promise<World> {
  const world = await testCore()
  const { core, generations } = world
  const parts = {
    core,
    book: new RightsBook(core.store, generations),
    whileEmpty: (namespace: string) => whileEmpty(core, namespace),
  }
  for (const name of ['ada', 'bob']) await createUser(parts, system, { name })
  await createOrganisation(parts, ada, { name: 'acme' })
  return {
    test: world,
    parts,
    race: async (...racing) => {
      let isOver = false
      const all = Promise.allSettled(racing).finally(() => {
        isOver = true
      })
      while (!isOver) await world.clock.advance(1)
      return (await all).map((each) => {
        if (each.status === 'rejected')
          assert.ok(
            each.reason instanceof RegistryError && each.reason.code !== 'unknown-outcome',
            String(each.reason),
          )
        return each.status === 'fulfilled'
      })
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/** Whichever comes first: each is tried in both orders, and with a head start of some turns. */
async function inAnyOrder(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  { world, round }: { readonly world: World; readonly round: number },
): Promise<void> {
  const later = async (use: () => Promise<unknown>): Promise<unknown> => {
    for (let turn = 0; turn < round; turn++) await Promise.resolve()
    return await use()
  }
  await (round % 2 === 0 ? world.race(first(), later(second)) : world.race(second(), later(first)))
}

const rounds = Array.from({ length: 40 }, (_, round) => round)

describe('what goes leaves nothing behind that is made at the same time', () => {
  test('a team, its members', async () => {
    await using world = await open()
    const { parts, test: core } = world
    const team = { organisation: 'acme', team: 'release' }
    await setMember(parts, ada, { organisation: 'acme', user: 'bob', membership: 'read' })
    for (const round of rounds) {
      await createTeam(parts, ada, team)
      await inAnyOrder(
        () => deleteTeam(parts, ada, team),
        () => addToTeam(parts, ada, { ...team, user: 'bob' }),
        { world, round },
      )
      if ((await core.store.count(teams, { index: 'key', upTo: 9 })) > 0) await deleteTeam(parts, ada, team)
      assert.equal(await core.store.count(teamMembers, { index: 'key', upTo: 9 }), 0)
    }
  })

  test('a member, their places in teams', async () => {
    await using world = await open()
    const { parts, test: core } = world
    const [team, bob] = [
      { organisation: 'acme', team: 'release' },
      { organisation: 'acme', user: 'bob' },
    ]
    await createTeam(parts, ada, team)
    for (const round of rounds) {
      await setMember(parts, ada, { ...bob, membership: 'read' })
      await inAnyOrder(
        () => removeMember(parts, ada, bob),
        () => addToTeam(parts, ada, { ...team, user: 'bob' }),
        { world, round },
      )
      if ((await core.store.get(members, ['acme', 'bob'])) !== undefined) await removeMember(parts, ada, bob)
      assert.equal(await core.store.count(teamMembers, { index: 'key', upTo: 9 }), 0)
    }
  })

  test('a role, its grants; and a robot, its keys and grants', async () => {
    await using world = await open()
    const { parts, test: core } = world
    const where = { namespace: 'acme', kind: '*', name: '*' }
    const robot = { namespace: 'acme', name: 'ci' }
    for (const round of rounds) {
      await setRole(parts, system, { name: 'reader', permissions: ['artifacts:read'] })
      await inAnyOrder(
        () => deleteRole(parts, system, 'reader'),
        () => giveGrant(parts, ada, { ...where, to: 'user:bob', role: 'reader' }),
        { world, round },
      )
      const { rows } = await core.store.find(grants, { index: 'byGrantee', eq: ['user:bob'], limit: 99 })
      for (const { role } of rows)
        await assert.rejects(
          deleteRole(parts, system, role),
          { code: 'account-in-use' },
          'a grant of no role is left',
        )
      for (const { id } of rows)
        await core.core.ledger.keep(async () => ({
          value: undefined,
          changes: [{ do: 'remove', table: grants as never, key: [id] }],
        }))
      await createRobot(parts, ada, robot)
      await inAnyOrder(
        () => deleteRobot(parts, ada, robot),
        () =>
          round % 3 === 0
            ? giveGrant(parts, ada, { ...where, to: 'robot:acme/ci', role: 'viewer' })
            : makeKey(parts, ada, { owner: { kind: 'robot', ...robot }, label: 'x' }),
        { world, round },
      )
      await deleteRobot(parts, ada, robot).catch((error: unknown) => {
        assert.ok(error instanceof RegistryError && error.code === 'account-unknown', String(error))
      })
      assert.equal(await core.store.count(keys, { index: 'key', upTo: 9 }), 0)
      assert.equal(await core.store.count(grants, { index: 'byGrantee', eq: ['robot:acme/ci'], upTo: 9 }), 0)
    }
  })

  test('an organisation, its namespaces, teams and members', async () => {
    await using world = await open()
    const { parts, test: core } = world
    for (const round of rounds) {
      const organisation = `org-${round}`
      await createOrganisation(parts, ada, { name: organisation })
      const making = [
        () =>
          createNamespace(parts, ada, { namespace: `ns-${round}`, owner: `organisation:${organisation}` }),
        () => createTeam(parts, ada, { organisation, team: 'release' }),
        () => setMember(parts, ada, { organisation, user: 'bob', membership: 'read' }),
      ]
      const other = making[round % 3] ?? assert.fail()
      await inAnyOrder(() => deleteOrganisation(parts, ada, organisation), other, { world, round })
      const owned = await core.store.count(namespaceRules, {
        index: 'byOwner',
        eq: [`organisation:${organisation}`],
        upTo: 9,
      })
      const left = await core.store.count(members, { index: 'key', eq: [organisation], upTo: 9 })
      const formed = await core.store.count(teams, { index: 'key', eq: [organisation], upTo: 9 })
      // Either it stands whole, or nothing of it is left.
      const isGone = (await core.store.get(members, [organisation, 'ada'])) === undefined
      if (isGone) assert.deepEqual([owned, left, formed], [0, 0, 0], `round ${round}`)
      else assert.ok(owned >= 1 && left >= 1, `round ${round}`)
    }
  })
})
