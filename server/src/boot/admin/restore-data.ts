import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { type RestoreReport, restore } from '../../core/care/restore.ts'
import type { Progress } from '../../core/ledger/progress.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import { schema } from '../schema.ts'

/**
 * Puts the backup in the folder `from` into the data folder, which must hold no registry. Holds its lock meanwhile. Until it
 * has ended well no server starts there.
 * @throws what `restore` throws
 */
export async function restoreData(
  { data, log }: Config,
  from: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const [sqlite, folder, { systemClock: clock }, { cryptoRandom: random }, { openPinoTelemetry }, directory] =
    await Promise.all([
      import('../../adapters/store/sqlite/restore-folder.ts'),
      import('../../adapters/blobs/folder/open-folder-blobs.ts'),
      import('../../adapters/clock/system/system-clock.ts'),
      import('../../adapters/random/crypto/crypto-random.ts'),
      import('../../adapters/telemetry/pino/open-pino-telemetry.ts'),
      import('../../adapters/directory/filesystem/open-folder-directory.ts'),
    ])
  await using source = directory.openFolderDirectory(from)
  const openBlobs = (): Promise<Blobs> =>
    folder.openFolderBlobs({ folder: join(data, 'blobs'), clock, random })
  const holdsContent = () => hasFiles(join(data, 'blobs'), openBlobs)
  const request = {
    from: source,
    store: sqlite.openSqliteRestore({ folder: data, holdsContent, now: () => clock.now() }, schema),
    openBlobs,
    schemaVersion: schemaVersion(schema),
    clock,
    random,
    telemetry: openPinoTelemetry({ level: 'error', pretty: log.format === 'pretty', to: 'stderr' }),
  }
  return await restore(request, progress, signal)
}

/** Files that no restored record names would go to the trash: they are of a registry that somebody may want back. */
async function hasFiles(folder: string, openBlobs: () => Promise<Blobs>): Promise<boolean> {
  if (!existsSync(folder)) return false
  const blobs = await openBlobs()
  try {
    for await (const _ of blobs.list()) return true
    return false
  } finally {
    await blobs.close()
  }
}
