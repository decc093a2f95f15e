import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** More than one block of any usual file system. */
const page = new Uint8Array(65_536)

const meanings: Readonly<Record<string, 'full' | 'denied'>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
}

/**
 * What is the matter with a folder in which SQLite met an I/O error, or could not open a file: it does not pass on what
 * the system said, so the system is asked again, by a file that is written and removed. undefined: nothing of the two.
 */
export function diskTrouble(folder: string): 'full' | 'denied' | undefined {
  const file = join(folder, 'asked')
  try {
    const handle = openSync(file, 'w', 0o600)
    try {
      writeSync(handle, page)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    return undefined
  } catch (error) {
    return meanings[String((error as NodeJS.ErrnoException).code)]
  } finally {
    rmSync(file, { force: true })
  }
}
