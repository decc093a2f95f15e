import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { type RestoreReport, restore } from '../../core/care/restore.ts'
import type { Progress } from '../../core/ledger/progress.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import { StoreError } from '../../ports/store/errors.ts'
import type { StoreRestore } from '../../ports/store/restore.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import { openBlobs } from '../open-blobs.ts'
import { postgresqlOptions, storeEngine } from '../open-store.ts'
import { schema } from '../schema.ts'

/**
 * Puts the backup in the folder `from` into the data folder, which must hold no registry. Holds its lock meanwhile. Until it
 * has ended well no server starts there.
 * @throws what `restore` throws
 */
export async function restoreData(
  config: Config,
  from: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const [{ systemClock: clock }, { cryptoRandom: random }, { openPinoTelemetry }, directory] =
    await Promise.all([
      import('../../adapters/clock/system/system-clock.ts'),
      import('../../adapters/random/crypto/crypto-random.ts'),
      import('../../adapters/telemetry/pino/open-pino-telemetry.ts'),
      import('../../adapters/directory/filesystem/open-folder-directory.ts'),
    ])
  await using source = directory.openFolderDirectory(from)
  const open = (): Promise<Blobs> => openBlobs(config, { clock, random })
  const request = {
    from: source,
    store: await openRestore(config, { clock, holdsContent: () => hasFiles(config, open) }),
    openBlobs: open,
    schemaVersion: schemaVersion(schema),
    clock,
    random,
    telemetry: openPinoTelemetry({ level: 'error', pretty: config.log.format === 'pretty', to: 'stderr' }),
  }
  return await restore(request, progress, signal)
}

interface RestoreParts {
  readonly clock: Clock
  readonly holdsContent: () => Promise<boolean>
}

async function openRestore(config: Config, { clock, holdsContent }: RestoreParts): Promise<StoreRestore> {
  const now = (): number => clock.now()
  switch (storeEngine(config)) {
    case 'sqlite': {
      const { openSqliteRestore } = await import('../../adapters/store/sqlite/restore-folder.ts')
      return openSqliteRestore({ folder: config.data, holdsContent, now }, schema)
    }
    case 'postgresql': {
      const { openPostgresqlRestore } = await import('../../adapters/store/postgresql/restore.ts')
      return openPostgresqlRestore({ ...postgresqlOptions(config), holdsContent, now }, schema)
    }
    case 'mongodb':
      throw new StoreError(
        'permanent',
        'a backup cannot be restored into MongoDB: restore it into a data folder, and use `lading copy` from there',
      )
  }
}

/** Files that no restored record names would go to the trash: they are of a registry that somebody may want back. */
async function hasFiles({ data, blobs }: Config, open: () => Promise<Blobs>): Promise<boolean> {
  if (blobs.bucket === undefined && !existsSync(join(data, 'blobs'))) return false
  const opened = await open()
  try {
    for await (const _ of opened.list()) return true
    return false
  } finally {
    await opened.close()
  }
}
