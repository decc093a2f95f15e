import type { OverlayStore } from '../../adapters/store/overlay/overlay-store.ts'
import type { Cache } from '../../ports/cache/cache.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Journal } from '../../ports/journal/journal.ts'
import type { Random } from '../../ports/random/random.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Schema } from '../../ports/store/table.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'

export type { OverlayStore }
export type FlushOutcome = Awaited<ReturnType<OverlayStore['flush']>>

/** What a backend needs beside its store and its blobs, of Lading's own where nothing else is given. */
export interface Tools {
  /** Of the tables that the store keeps. */
  readonly schema: Schema
  readonly cache: Cache
  readonly clock: Clock
  readonly random: Random
  openOverlay(base: Store): OverlayStore
  openJournal(parts: JournalParts): Journal
}

export interface JournalParts {
  readonly store: Store
  readonly telemetry: Telemetry
  readonly bootId: string
  readonly isDead: (bootId: string) => boolean
}

const cacheBytes = 16 * 1024 * 1024

export async function loadTools(given: Partial<Pick<Tools, 'cache' | 'clock' | 'random'>>): Promise<Tools> {
  const [{ schema }, cache, time, chance, { StoreJournal }, { openOverlayStore }] = await Promise.all([
    import('../../boot/schema.ts'),
    import('../../adapters/cache/memory/open-memory-cache.ts'),
    import('../../adapters/clock/system/system-clock.ts'),
    import('../../adapters/random/crypto/crypto-random.ts'),
    import('../../adapters/journal/store/store-journal.ts'),
    import('../../adapters/store/overlay/overlay-store.ts'),
  ])
  const clock = given.clock ?? time.systemClock
  const random = given.random ?? chance.cryptoRandom
  return {
    schema,
    cache: given.cache ?? cache.openMemoryCache({ maxBytes: cacheBytes }),
    clock,
    random,
    // Nothing is watched as a whole: what a transaction reads to the caller, it checks row by row.
    openOverlay: (base) => openOverlayStore(base, schema, { now: () => clock.now(), watched: [] }),
    openJournal: (parts) => new StoreJournal({ ...parts, clock, random }),
  }
}
