import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFolderBlobs } from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import type { Blobs } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsHarness } from '../../../../src/ports/blobs/suite/harness.ts'

const clock = { now: () => Date.now() }
const random = { bytes: (length: number) => randomBytes(length) }

/** The suite over a folder of the real file system. */
export const folderHarness: BlobsHarness = {
  flips: true,
  start: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-blobs-'))
    const open = (): Promise<Blobs> => openFolderBlobs({ folder, clock, random })
    const blobs = await open()
    let current = blobs
    return {
      blobs,
      reopen: async () => {
        await current.close()
        current = await open()
        return current
      },
      flipByte: (file, at) => flip(join(folder, file.slice(0, 2), file), at),
      [Symbol.asyncDispose]: async () => {
        await current.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

async function flip(path: string, at: number): Promise<void> {
  await using handle = await open(path, 'r+')
  const byte = new Uint8Array(1)
  await handle.read(byte, 0, 1, at)
  await handle.write(
    byte.map((old) => old ^ 0xff),
    0,
    1,
    at,
  )
}
