import { constants } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, onDisk } from './fault.ts'
import { shards } from './file-names.ts'
import type { FileSystem } from './file-system.ts'

/** Makes what is missing of the folder, its parents and its shards, and returns when all of it survives a power cut. */
export async function prepareFolder(fs: FileSystem, folder: string): Promise<void> {
  await onDisk(`preparing the folder ${folder}`, async () => {
    await makeWithParents(fs, folder)
    const there = new Set(await fs.readdir(folder))
    await Promise.all(
      shards.filter((shard) => !there.has(shard)).map((shard) => make(fs, join(folder, shard))),
    )
    // Also where nothing was missing: an earlier start may have been cut off before its own flush.
    await syncFolder(fs, folder)
    await syncFolder(fs, dirname(folder))
  })
}

/** The entries of a folder survive a power cut. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  const handle = await fs.open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function makeWithParents(fs: FileSystem, folder: string): Promise<void> {
  try {
    await make(fs, folder)
  } catch (error) {
    const parent = dirname(folder)
    if (errorCode(error) !== 'ENOENT' || parent === folder) throw error
    await makeWithParents(fs, parent)
    await make(fs, folder)
    await syncFolder(fs, dirname(parent))
  }
}

async function make(fs: FileSystem, folder: string): Promise<void> {
  try {
    await fs.mkdir(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
