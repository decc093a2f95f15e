import { constants } from 'node:fs'
import { join } from 'node:path'
import { errorCode, ifThere, onDisk } from './fault.ts'
import { type FolderState, withFile } from './folder-state.ts'
import { syncFolder } from './prepare-folder.ts'

const mode = 0o600
const mostBytes = 200

/** A file beside the shards says whose they are. One that a crash has left empty says nothing. */
export async function claimFolder(state: FolderState, owner: string): Promise<string> {
  const path = join(state.folder, 'owner')
  return await onDisk('looking whose files these are', async () => {
    const named = await readOwner(state, path)
    if (named !== '') return named
    await writeOwner(state, path, owner)
    return await readOwner(state, path)
  })
}

async function readOwner({ fs }: FolderState, path: string): Promise<string> {
  const handle = await ifThere(() => fs.open(path, constants.O_RDONLY))
  if (handle === undefined) return ''
  return await withFile(handle, async () => {
    const buffer = Buffer.alloc(mostBytes)
    const { bytesRead } = await handle.read(buffer, 0, mostBytes, 0)
    return buffer.toString('latin1', 0, bytesRead)
  })
}

async function writeOwner({ fs, folder }: FolderState, path: string, owner: string): Promise<void> {
  const bytes = Buffer.from(owner, 'latin1')
  const handle = await openNew(fs, path)
  await withFile(handle, async () => {
    await handle.write(bytes, 0, bytes.length, 0)
    await handle.sync()
  })
  await syncFolder(fs, folder)
}

/** Of two who come at once one makes it; the other writes the same, or finds out when it reads. */
async function openNew(fs: FolderState['fs'], path: string): ReturnType<FolderState['fs']['open']> {
  try {
    return await fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return await fs.open(path, constants.O_WRONLY)
  }
}
