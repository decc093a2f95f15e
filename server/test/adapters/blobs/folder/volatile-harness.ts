import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { openFolderBlobs } from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsHarness } from '../../../../src/ports/blobs/suite/harness.ts'
import { VolatileFileSystem, type VolatileOptions } from './volatile-file-system.ts'

export const folder = '/srv/lading/blobs'

export function openOver(fs: VolatileFileSystem): Promise<Blobs> {
  const clock = { now: () => 1_767_225_600_000 }
  return openFolderBlobs({ folder, clock, random: { bytes: (length) => randomBytes(length) }, fs })
}

export function pathTo(file: FileName): string {
  return `${folder}/${file.slice(0, 2)}/${file}`
}

/** The suite over the folder engine, on a file system in memory. */
export function volatileHarness(options: VolatileOptions): BlobsHarness {
  return {
    flips: true,
    start: async () => {
      const fs = new VolatileFileSystem(options)
      const blobs = await openOver(fs)
      let current = blobs
      return {
        blobs,
        reopen: async () => {
          await current.close()
          current = await openOver(fs)
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
