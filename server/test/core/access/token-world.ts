import assert from 'node:assert/strict'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { followRegistry } from '../../../src/boot/compose/follow-registry.ts'
import type { TokenRules } from '../../../src/boot/compose/tokens.ts'
import type { Registry, TokenFace } from '../../../src/boot/registry.ts'
import { schema } from '../../../src/boot/schema.ts'
import { robots } from '../../../src/core/access/tables.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { SharedStore } from '../../library/manager/shared-store.ts'
import { allRows } from '../invariants.ts'
import { callerOf, type TestCore, testCore } from '../kit.ts'

export const system: Caller = callerOf({ kind: 'system', name: 'test' })
export const ada: Principal = { kind: 'user', name: 'ada', via: { kind: 'password', id: '', epoch: 1 } }

export interface Process extends TestCore {
  readonly tokens: TokenFace
  readonly access: Registry['access']
}

/** Two processes of one registry: ada has an account, acme is hers, and has a robot. Nobody else may anything. */
export interface TokenWorld extends AsyncDisposable {
  readonly here: Process
  readonly there: Process
  readonly clock: ManualClock
  /** What the log says was done to tokens. */
  deeds(): Promise<readonly string[]>
}

export async function tokenWorld(tokens: TokenRules = {}): Promise<TokenWorld> {
  const clock = new ManualClock()
  const memory = await openMemoryStore(schema, { now: () => clock.now() })
  const [shared, blobs] = [new SharedStore(memory), openMemoryBlobs()]
  const [here, there] = [
    await join(shared, clock, { tokens, blobs, seed: 1 }),
    await join(shared, clock, { tokens, blobs, seed: 2 }),
  ]
  const { accounts } = here.process.registry
  await accounts.createUser(system, { name: 'ada' })
  await accounts.setUserState(system, { name: 'ada', state: 'active' })
  await accounts.createOrganisation(callerOf(ada), { name: 'acme' })
  const robot = { namespace: 'acme', name: 'ci', about: '', disabled: false, createdAt: 0, createdBy: '' }
  await here.process.core.ledger.keep(async () => ({ value: undefined, changes: [insert(robots, robot)] }))
  return {
    here: here.process,
    there: there.process,
    clock,
    deeds: async () => {
      const rows = (await allRows(memory, auditEntries)).toSorted((one, other) =>
        one.id < other.id ? -1 : 1,
      )
      return rows
        .filter(({ action }) => action.startsWith('token.'))
        .map(({ by, action, target }) => `${by} ${action} ${target}`)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([here.leave(), there.leave()])
      await memory.close()
    },
  }
}

async function join(
  shared: SharedStore,
  clock: ManualClock,
  { tokens, blobs, seed }: { readonly tokens: TokenRules; readonly blobs: Blobs; readonly seed: number },
): Promise<{ readonly process: Process; leave(): Promise<void> }> {
  const rules = { access: { read: [], write: [] }, tokens }
  const test = await testCore({ store: shared.of(), blobs, clock, seed, bootId: `boot-${seed}`, rules })
  const following = await followRegistry(test)
  const { access, tokens: face } = test.registry
  assert.ok(face !== undefined)
  return {
    process: { ...test, tokens: face, access },
    leave: async () => {
      await following?.[Symbol.asyncDispose]()
      await test.signIn.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

/** Who a process takes somebody for who shows this token. */
export async function whoIs(
  { access }: Process,
  token: string,
  from?: string,
): Promise<Principal | undefined> {
  return await access.bearer(token, from)
}
