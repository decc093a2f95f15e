import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { Progress } from '../../core/ledger/progress.ts'
import { type SeedOptions, type SeedReport, seedNew } from '../../core/seed/seed.ts'
import { overriding } from '../../domain/overriding.ts'
import { operatorSeeding } from '../compose/operator.ts'
import { openEnginesOn } from '../engines.ts'
import { schema } from '../schema.ts'
import { composeOn } from '../serve-engines.ts'
import { quiet } from './quiet.ts'

/** Nobody has kept anything there yet, and it is a data folder: what is on a server is filled as people fill it. */
export function isNewData({ data, store, blobs }: Pick<Config, 'data' | 'store' | 'blobs'>): boolean {
  return store.url === undefined && blobs.bucket === undefined && !existsSync(join(data, 'lading.db'))
}

/**
 * Fills a data folder that no server runs on, with much at once: what was made is there when all of it is. Makes the folder
 * where it is not there, and holds its lock meanwhile. @throws StoreError, and what `seed` throws
 */
export async function seedData(
  config: Config,
  options: SeedOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<SeedReport> {
  const [{ openSqliteBulkLoad }, { systemClock: clock }] = await Promise.all([
    import('../../adapters/store/sqlite/bulk-load.ts'),
    import('../../adapters/clock/system/system-clock.ts'),
  ])
  await using load = await openSqliteBulkLoad({ folder: config.data, now: () => clock.now() }, schema)
  const opened = await openEnginesOn(load.store, quiet(config))
  await using _ = { [Symbol.asyncDispose]: () => opened.blobs.close() }
  // Whose the files are is said when the records are there to stay: the first start does.
  const engines = { ...opened, blobs: overriding(opened.blobs, { claimFor: undefined }) }
  const { composed, journal } = await composeOn(engines, config)
  try {
    const { seeding, caller } = operatorSeeding(composed, signal)
    const report = await seedNew(seeding, load, caller, { options, progress })
    await composed.pulls.close()
    progress({ phase: 'making the orders of lists', done: 0, unit: 'rows' })
    await load.finish()
    return report
  } finally {
    composed.releaseKinds()
    await journal.stop()
  }
}
