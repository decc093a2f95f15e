import { resolve } from 'node:path'
import type { Blobs } from '../../../ports/blobs/blobs.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { Random } from '../../../ports/random/random.ts'
import { HashThread } from '../shared/hash-thread.ts'
import { Buffers, pagedMemory, readBuffer, writeBuffer } from './buffers.ts'
import { type FileSystem, realFileSystem } from './file-system.ts'
import { FolderBlobs } from './folder-blobs.ts'
import { prepareFolder } from './prepare-folder.ts'
import { UnflushableFiles } from './unflushable-files.ts'

const defaultBytes = 64 * 1_048_576

export interface FolderBlobsOptions {
  /** Made, with its parents, where it is missing. One process at a time writes to it; its lock stands with the store. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'bytes'>
  /** The most memory for bytes on their way to files, and that for bytes from them; what finds none left moves in small pieces. */
  readonly writeBytes?: number
  readonly readBytes?: number
  /** Absent: a thread of its own for the hashes of large content. `'none'`: the caller's thread hashes all. */
  readonly hashThread?: HashThread | 'none'
  /** Where other threads of the process write to the folder too: of UnflushableFiles. */
  readonly unflushable?: SharedArrayBuffer
  /** For tests. */
  readonly fs?: FileSystem
}

/**
 * Blobs as files of one folder. Needs a file system on which `fsync` keeps its promise.
 * @throws BlobsError where the folder cannot be made or written
 */
export async function openFolderBlobs(options: FolderBlobsOptions): Promise<Blobs> {
  const { clock, random, fs = realFileSystem, hashThread = new HashThread() } = options
  const folder = resolve(options.folder)
  await prepareFolder(fs, folder)
  return new FolderBlobs({
    folder,
    clock,
    random,
    fs,
    writeBuffers: new Buffers({
      size: writeBuffer,
      most: options.writeBytes ?? defaultBytes,
      make: pagedMemory,
    }),
    readBuffers: new Buffers({
      size: readBuffer,
      most: options.readBytes ?? defaultBytes,
      make: (size) => Buffer.allocUnsafeSlow(size),
    }),
    hashThread: hashThread === 'none' ? undefined : hashThread,
    unflushable: new UnflushableFiles(options.unflushable),
  })
}
