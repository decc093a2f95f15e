import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DirectoryError } from '../../../ports/directory/errors.ts'

/**
 * Makes a folder with those above it that are missing, one level after the other: where a file system that is there takes
 * no folders and answers that there is none, as /proc does, the recursive way of the runtime begins anew for ever.
 * Answers the first that was made; undefined: all were there.
 * @throws DirectoryError where that is refused; what the system says
 */
export async function makeFolders(folder: string, mode?: number): Promise<string | undefined> {
  const missing: string[] = []
  let place = folder
  while (!(await isThere(place))) {
    missing.unshift(place)
    place = dirname(place)
  }
  for (const each of missing) await makeOne(each, mode)
  return missing[0]
}

async function isThere(place: string): Promise<boolean> {
  try {
    if ((await stat(place)).isDirectory()) return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  throw new DirectoryError('path', `${place} is not a folder`)
}

async function makeOne(place: string, mode?: number): Promise<void> {
  try {
    await mkdir(place, { mode })
  } catch (error) {
    const code = codeOf(error)
    // Somebody else may have made it meanwhile; a link that leads nowhere is no folder.
    if (code === 'EEXIST' && (await isThere(place))) return
    if (code !== 'ENOENT') throw error
    throw new DirectoryError('permanent', `${place} cannot be made: ${dirname(place)} takes no folders`, {
      cause: error,
    })
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
