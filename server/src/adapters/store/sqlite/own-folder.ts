import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'
import { syncPath } from './migrate.ts'

const folderMode = 0o700

/**
 * A folder that is opened to nobody else, with those above it. Who may read a database may also keep its owner from it:
 * with a lock on `lock.db`, or a transaction that no checkpoint gets past. A folder that is there stays as it is.
 * Throws `permanent` where the file system takes no folders, and what the system says.
 */
export function makeOwnFolder(folder: string): void {
  const missing: string[] = []
  for (let place = folder; !isThere(place); place = dirname(place)) missing.unshift(place)
  for (const place of missing) {
    make(place, place === folder ? folderMode : undefined)
    syncPath(dirname(place))
  }
}

/** One level: where a file system that is there answers that it is not, the recursive way begins anew for ever. */
function make(place: string, mode: number | undefined): void {
  try {
    mkdirSync(place, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && isThere(place)) return
    if (code !== 'ENOENT') throw error
    const message = `${place} cannot be made: ${dirname(place)} takes no folders`
    throw new StoreError('permanent', message, { cause: error })
  }
}

function isThere(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false }) !== undefined
}
