import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { OutsidePorts, WaysIn } from '../../../src/boot/compose/outside.ts'
import type { OutsideFace } from '../../../src/boot/registry.ts'
import { identities, usedProofs } from '../../../src/core/access/outside-tables.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { accounts, members, passwords, teamMembers } from '../../../src/core/access/tables.ts'
import { createTeam } from '../../../src/core/access/teams.ts'
import type { Claims } from '../../../src/domain/claims.ts'
import { ProviderError, type SignInAttempt } from '../../../src/ports/identity/identity-provider.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { allRows } from '../invariants.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

const redirectUri = 'https://registry.example/sign-in/company/callback'
const system = callerOf({ kind: 'system', name: 'test' })
const nobody = callerOf({ kind: 'anonymous' })

/** A provider whose codes are the names of its people, and that looks at nothing else. */
const people: Record<string, Claims> = {}
const ports: OutsidePorts = {
  providers: [
    {
      name: 'company',
      addressFor: async ({ state }: SignInAttempt) => `https://login.example/?state=${state}`,
      whoCameBack: async (query) => {
        const subject = query.get('code') ?? ''
        const claims = people[subject]
        if (claims === undefined) throw new ProviderError('refused', 'nobody')
        return { issuer: 'https://login.example', subject, claims }
      },
    },
  ],
  tokens: { read: () => undefined, verify: async () => ({ ok: false, why: 'none' }) },
}
const waysIn: WaysIn = {
  providers: [
    {
      ...{ provider: 'company', title: 'The Company', newAccounts: true, require: {} },
      ...{ nameClaim: 'name', groupsClaim: 'groups', teams: { ops: ['acme/ops'] } },
    },
  ],
  workloads: [],
  device: { codeLifetime: 600_000, keyLifetime: 86_400_000 },
}

describe('signing in elsewhere, in the records', () => {
  let core: TestCore
  let outside: OutsideFace
  beforeEach(async () => {
    core = await testCore({ outside: ports, rules: { waysIn } })
    outside = core.registry.outside
    for (const name of Object.keys(people)) delete people[name]
    people['p-1'] = { name: 'ada', groups: ['ops'] }
  })
  afterEach(async () => {
    await core[Symbol.asyncDispose]()
  })

  const begin = async (face = outside, user?: string): Promise<{ state: string; kept: string }> => {
    const about = { redirectUri, next: '/', ...(user !== undefined && { user }) }
    const { address, kept } = await face.begin('company', about)
    return { state: new URL(address).searchParams.get('state') ?? '', kept }
  }
  const finish = async (
    { state, kept }: { state: string; kept: string },
    code: string,
    face = outside,
    user?: string,
  ): Promise<string> => {
    const query = new URLSearchParams({ state, code })
    const via = { kind: 'session', id: 's' } as const
    const caller = user === undefined ? nobody : callerOf({ kind: 'user', name: user, via })
    return (await face.finish(caller, { provider: 'company', redirectUri, query, kept })).user
  }
  /** Those who lose a race wait for a moment of the clock, which a test has to let pass. */
  const settled = async <T>(all: Promise<T>): Promise<T> => {
    let isDone = false
    const done = (): void => {
      isDone = true
    }
    all.then(done, done)
    for (let turn = 0; turn < 10_000 && !isDone; turn++) await core.clock.advance(50)
    return await all
  }
  const link = async (user: string, code: string): Promise<string> =>
    await finish(await begin(outside, user), code, outside, user)
  const signIn = async (code: string): Promise<string> => await finish(await begin(), code)
  const withRoot = async (): Promise<void> => {
    await core.registry.accounts.createUser(system, { name: 'root' })
    await core.registry.accounts.setUserState(system, { name: 'root', state: 'active' })
  }

  it('makes no account before there is an administrator, who would never be made then', async () => {
    await assert.rejects(signIn('p-1'), { code: 'denied', message: /no administrator yet/ })
    assert.deepEqual(await allRows(core.store, accounts), [])
    assert.deepEqual(await allRows(core.store, usedProofs), [])
  })

  it('makes nobody who is called as a user of the configuration, whose rights and name are theirs', async () => {
    const access = { read: ['ada'], write: ['ada'], users: ['ada', 'ada-2'] }
    await using other = await testCore({ outside: ports, rules: { waysIn, access } })
    await other.registry.accounts.createUser(system, { name: 'root' })
    const face = other.registry.outside
    assert.equal(await finish(await begin(face), 'p-1', face), 'ada-3')
  })

  it('goes on in another process, and is used up there for all of them', async () => {
    await withRoot()
    await using other = await testCore({
      ...{ store: core.store, blobs: core.blobs, clock: core.clock, seed: 2, bootId: 'boot-2' },
      ...{ outside: ports, rules: { waysIn }, isDead: () => false },
    })
    const attempt = await begin()
    assert.equal(await finish(attempt, 'p-1', other.registry.outside), 'ada')
    await assert.rejects(finish(attempt, 'p-1'), { code: 'unauthenticated', message: /was used already/ })
  })

  it('makes one account for one person who comes 16 times at once, and one session of each state', async () => {
    await withRoot()
    const attempts = await Promise.all(Array.from({ length: 16 }, () => begin()))
    const found = await settled(Promise.all(attempts.map((attempt) => finish(attempt, 'p-1'))))
    assert.deepEqual(new Set(found), new Set(['ada']))
    assert.equal((await allRows(core.store, identities)).length, 1)
    const one = await begin()
    const all = await settled(Promise.allSettled(Array.from({ length: 16 }, () => finish(one, 'p-1'))))
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('links one identity with one account, and says nothing of whose it is', async () => {
    await withRoot()
    await signIn('p-1')
    await assert.rejects(link('root', 'p-1'), {
      code: 'denied',
      message: /linked with another account/,
    })
    people['p-2'] = { name: 'boss' }
    // They have logged out meanwhile, or somebody else is there.
    for (const user of [undefined, 'ada'])
      await assert.rejects(finish(await begin(outside, 'root'), 'p-2', outside, user), {
        code: 'unauthenticated',
        message: /your session has ended/,
      })
    assert.equal(await link('root', 'p-2'), 'root')
    assert.equal(await signIn('p-2'), 'root')
    await core.registry.accounts.setUserState(system, { name: 'root', state: 'disabled' })
    await assert.rejects(signIn('p-2'), { code: 'denied' })
    await assert.rejects(link('root', 'p-2'), { code: 'denied' })
  })

  it('takes back what groups have given where it is unlinked, and never the last way in, however many ask', async () => {
    await withRoot()
    await core.registry.accounts.createOrganisation(callerOf({ kind: 'user', name: 'root' }), {
      name: 'acme',
    })
    const parts = { core: core.core, book: new RightsBook(core.store, core.generations) }
    await createTeam(parts, system, { organisation: 'acme', team: 'ops' })
    await signIn('p-1')
    people['p-2'] = { name: 'other' }
    await link('ada', 'p-2')
    const ada = callerOf({ kind: 'user', name: 'ada' })
    const mine = await outside.identities(ada)
    assert.deepEqual(mine.map(({ shown }) => shown).toSorted(), ['ada', 'other'])
    const given = async (): Promise<readonly number[]> =>
      await Promise.all(
        [teamMembers, members].map(
          async (table) =>
            (await allRows(core.store, table as typeof members)).filter(({ user }) => user === 'ada').length,
        ),
      )
    assert.deepEqual(await given(), [1, 1])
    const both = await settled(Promise.allSettled(mine.map(({ id }) => outside.unlink(ada, id))))
    assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await outside.identities(ada)).length, 1)
    assert.deepEqual(await given(), [0, 0])

    await core.core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(passwords, { user: 'ada', hash: 'x', changedAt: 0 })],
    }))
    const [last] = await outside.identities(ada)
    await outside.unlink(ada, last?.id ?? '')
    assert.deepEqual(await outside.identities(ada), [])
  })
})
