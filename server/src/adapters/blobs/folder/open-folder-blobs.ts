import { resolve } from 'node:path'
import type { Blobs } from '../../../ports/blobs/blobs.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import { type FileSystem, realFileSystem } from './file-system.ts'
import { FolderBlobs } from './folder-blobs.ts'
import { prepareFolder } from './prepare-folder.ts'

export interface FolderBlobsOptions {
  /** Made, with its parents, where it is missing. One process at a time writes to it; its lock stands with the store. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'bytes'>
  /** For tests. */
  readonly fs?: FileSystem
}

/**
 * Blobs as files of one folder. Needs a file system on which `fsync` keeps its promise.
 * @throws BlobsError where the folder cannot be made or written
 */
export async function openFolderBlobs(options: FolderBlobsOptions): Promise<Blobs> {
  const { clock, random, fs = realFileSystem } = options
  const folder = resolve(options.folder)
  await prepareFolder(fs, folder)
  return new FolderBlobs({ folder, clock, random, fs })
}
