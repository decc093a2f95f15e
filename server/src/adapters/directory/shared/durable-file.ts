import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { partialSuffix } from '../../../ports/directory/directory.ts'
import { onDisk } from './disk-faults.ts'

/** A backup has password hashes and keys in it, and a layout what not everybody may pull. */
const ownerOnly = 0o600

/** A file, for its owner alone, that has its name only once it is whole and flushed. Disposal before that takes away what was written. */
export interface DurableFile extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>
  /** On return file and name survive a power cut. */
  keep(): Promise<void>
}

export async function createDurableFile(path: string): Promise<DurableFile> {
  const partial = `${path}.${randomBytes(6).toString('hex')}${partialSuffix}`
  const handle = await onDisk(`making ${partial}`, () => open(partial, 'wx', ownerOnly))
  let kept = false
  return {
    write: (bytes) => onDisk(`writing ${partial}`, () => writeAll(handle, bytes)),
    keep: () =>
      onDisk(`keeping ${path}`, async () => {
        await handle.sync()
        await rename(partial, path)
        kept = true
        await handle.close()
        await syncFolder(dirname(path))
      }),
    [Symbol.asyncDispose]: () =>
      onDisk(`closing ${partial}`, async () => {
        if (kept) return
        await handle.close()
        await rm(partial, { force: true })
      }),
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
}

/** The entries of a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
