import type { SqliteStore } from '../adapters/store/sqlite/sqlite-store.ts'
import type { Metering } from '../ports/telemetry/telemetry.ts'
import type { Tracing } from '../ports/telemetry/tracing.ts'
import type { Engines } from './engines.ts'
import { instrumentBlobs } from './instrument-blobs.ts'
import { instrumentCache } from './instrument-cache.ts'
import { instrumentStore } from './instrument-store.ts'
import type { Look } from './thread-figures.ts'

/** The same engines, whose work is counted and timed. */
export function instrumentEngines<E extends Engines>(engines: E, tracing?: Tracing): E {
  const { store, blobs, cache, telemetry } = engines
  return {
    ...engines,
    store: instrumentStore(store, telemetry, tracing),
    blobs: instrumentBlobs(blobs, telemetry, tracing),
    cache: instrumentCache(cache, telemetry),
  }
}

/** What SQLite counts itself, in the thread that has opened it. */
export function sqliteLook(store: Pick<SqliteStore, 'counts' | 'walBytes'>, telemetry: Metering): Look {
  const groups = telemetry.tally('lading_store_groups_total')
  const batches = telemetry.tally('lading_store_batches_total')
  const wal = telemetry.tally('lading_store_wal_bytes')
  return () => {
    groups.set(store.counts.groups)
    batches.set(store.counts.batches)
    wal.set(store.walBytes())
  }
}
