import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { shards } from '../../../../src/adapters/blobs/folder/file-names.ts'
import {
  type FolderBlobsOptions,
  openFolderBlobs,
} from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsHarness } from '../../../../src/ports/blobs/suite/harness.ts'
import { VolatileFileSystem, type VolatileOptions } from './volatile-file-system.ts'

export const folder = '/srv/lading/blobs'

/** Without a hash thread: what a test counts does not depend on when one is up. */
export function openOver(fs: VolatileFileSystem, more: Partial<FolderBlobsOptions> = {}): Promise<Blobs> {
  const clock = { now: () => 1_767_225_600_000 }
  const random = { bytes: (length: number) => randomBytes(length) }
  return openFolderBlobs({ folder, clock, random, fs, hashThread: 'none', ...more })
}

export function pathTo(file: FileName): string {
  return `${folder}/${file.slice(0, 2)}/${file}`
}

/** As an earlier start has left it: to make it anew for each case takes longer than most of them. */
export const preparedFolders: readonly string[] = [
  '/srv',
  '/srv/lading',
  folder,
  ...shards.map((shard) => `${folder}/${shard}`),
]

/** The suite over the folder engine, on a file system in memory. */
export function volatileHarness(
  options: VolatileOptions,
  more: Partial<FolderBlobsOptions> = {},
): BlobsHarness {
  return {
    flips: true,
    start: async () => {
      const fs = new VolatileFileSystem({ folders: preparedFolders, ...options })
      const blobs = await openOver(fs, more)
      let current = blobs
      return {
        blobs,
        reopen: async () => {
          await current.close()
          current = await openOver(fs, more)
          return current
        },
        flipByte: async (file, at) => {
          const handle = await fs.open(pathTo(file), constants.O_RDWR)
          const byte = new Uint8Array(1)
          await handle.read(byte, 0, 1, at)
          await handle.write(
            byte.map((old) => old ^ 0xff),
            0,
            1,
            at,
          )
          await handle.close()
        },
        [Symbol.asyncDispose]: () => current.close(),
      }
    },
  }
}
