import { constants } from 'node:fs'
import { join } from 'node:path'
import { ifThere, onDisk } from './fault.ts'
import { shards } from './file-names.ts'
import { type FolderState, withFile, writableMode } from './folder-state.ts'

/** One block of most file systems. */
const page = new Uint8Array(4096)

/**
 * What a push asks of the disk, in small: a file is made, written, flushed and removed. It stands where files stand, under
 * a name that none has, so that no list knows it; one that a crash has left is written again.
 */
export async function probeFolder(state: FolderState): Promise<void> {
  const path = join(state.folder, shards[0] ?? '', 'probe')
  await onDisk('trying to write', async () => {
    const handle = await state.fs.open(path, constants.O_WRONLY | constants.O_CREAT, writableMode)
    try {
      await withFile(handle, async () => {
        await handle.write(page, 0, page.length, 0)
        await handle.sync()
      })
    } finally {
      await ifThere(() => state.fs.unlink(path))
    }
  })
}
