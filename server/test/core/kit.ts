import { openMemoryBlobs } from '../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryCache } from '../../src/adapters/cache/memory/open-memory-cache.ts'
import { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'
import { openJoseSigner } from '../../src/adapters/identity/jose/open-jose-signer.ts'
import {
  defaultStoreJournalOptions,
  StoreJournal,
  type StoreJournalOptions,
} from '../../src/adapters/journal/store/store-journal.ts'
import { seededRandom } from '../../src/adapters/random/seeded/seeded-random.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import type { OutsidePorts } from '../../src/boot/compose/outside.ts'
import { type Composed, compose, type Ports, type Rules } from '../../src/boot/compose.ts'
import { schema } from '../../src/boot/schema.ts'
import type { Caller } from '../../src/core/ledger/caller.ts'
import { defaultLimits, type Limits } from '../../src/core/ledger/limits.ts'
import type { Principal } from '../../src/domain/principal.ts'
import type { Blobs } from '../../src/ports/blobs/blobs.ts'
import type { Store } from '../../src/ports/store/store.ts'

export interface TestCoreOptions {
  readonly store?: Store
  readonly blobs?: Blobs
  readonly clock?: ManualClock
  readonly seed?: number
  readonly bootId?: string
  readonly isDead?: (bootId: string) => boolean
  readonly rules?: Partial<Omit<Rules, 'limits'>>
  readonly outside?: OutsidePorts
  readonly limits?: Partial<Limits>
  readonly journal?: Partial<StoreJournalOptions>
  /** Those that most tests go without. */
  readonly ports?: Pick<Partial<Ports>, 'passwords' | 'secondFactors'>
  /** Wraps the store before the core sees it: for faults and for counting. */
  readonly wrap?: (store: Store) => Store
}

/** A registry over engines in memory, on a clock that a test moves. */
export interface TestCore extends Composed, AsyncDisposable {
  readonly store: Store
  readonly blobs: Blobs
  readonly clock: ManualClock
  readonly telemetry: MemoryTelemetry
  readonly caller: Caller
}

export function callerOf(principal: Principal = { kind: 'user', name: 'ada' }): Caller {
  return { principal, requestId: 'request-1', address: '192.0.2.1', signal: new AbortController().signal }
}

export async function testCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const clock = options.clock ?? new ManualClock()
  const opened = options.store ?? (await openMemoryStore(schema, { now: () => clock.now() }))
  const store = options.wrap?.(opened) ?? opened
  const blobs = options.blobs ?? openMemoryBlobs()
  const random = seededRandom(options.seed ?? 1)
  const telemetry = new MemoryTelemetry()
  const bootId = options.bootId ?? 'boot-1'
  const isDead = options.isDead ?? ((id) => id !== bootId)
  const journal = new StoreJournal(
    { store, clock, random, telemetry, bootId, isDead },
    { ...defaultStoreJournalOptions, ...options.journal },
  )
  const identity = {
    verify: async (user: string, password: string) => (password === 'right' ? user : undefined),
  }
  const composed = await compose(
    {
      store,
      blobs,
      cache: openMemoryCache({ maxBytes: 16_777_216 }),
      clock,
      random,
      identity,
      tokenSigner: openJoseSigner(),
      ...options.ports,
      telemetry,
      journal,
      bootId,
      isDead,
      ...(options.outside && { outside: options.outside }),
    },
    {
      access: { read: 'anyone', write: 'anyone' },
      immutableTags: new Map(),
      quotas: new Map(),
      retentions: new Map(),
      ...options.rules,
      limits: { ...defaultLimits, ...options.limits },
    },
  )
  return {
    ...composed,
    store,
    blobs,
    clock,
    telemetry,
    caller: callerOf(),
    [Symbol.asyncDispose]: async () => {
      await journal.stop()
      await store.close()
      await blobs.close()
    },
  }
}
