import type { SqliteStore } from '../../adapters/store/sqlite/sqlite-store.ts'
import type { Metering } from '../../ports/telemetry/telemetry.ts'
import type { Look } from '../threads/thread-figures.ts'

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
