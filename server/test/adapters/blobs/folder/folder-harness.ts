import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFolderBlobs } from '../../../../src/adapters/blobs/folder/open-folder-blobs.ts'
import type { Blobs } from '../../../../src/ports/blobs/blobs.ts'
import type { BlobsHarness } from '../../../../src/ports/blobs/suite/harness.ts'

const clock = { now: () => Date.now() }
const random = { bytes: (length: number) => randomBytes(length) }

/** Folders whose files are gone again: making 256 shards for each case would be most of the time. */
const empty: string[] = []
const made: string[] = []

/** The suite over folders of the real file system. Call `removeFolders` afterwards. */
export const folderHarness: BlobsHarness = {
  flips: true,
  start: async () => {
    const folder = empty.pop() ?? (await newFolder())
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
        await removeFiles(folder)
        empty.push(folder)
      },
    }
  },
}

export async function removeFolders(): Promise<void> {
  for (const folder of made) await rm(folder, { recursive: true })
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-blobs-'))
  made.push(folder)
  return folder
}

async function removeFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await rm(join(entry.parentPath, entry.name))
  }
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
