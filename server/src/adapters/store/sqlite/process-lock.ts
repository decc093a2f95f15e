import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../../ports/store/errors.ts'
import { sqliteCode, sqliteCodes, storeErrorOf } from './connection.ts'
import { makeOwnFile } from './own-file.ts'

export interface ProcessLock {
  release(): void
}

/** Holds a data folder for this process. The system lets go of it when the process ends, however it ends. Throws `permanent`. */
export function lockFolder(folder: string): ProcessLock {
  const file = join(folder, 'lock.db')
  makeOwnFile(file)
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (sqliteCode(error) !== sqliteCodes.busy) throw storeErrorOf(error)
    throw new StoreError(
      'permanent',
      `the data folder ${folder} is in use by another running Lading: stop that one first, or give this one a folder of its own`,
      { cause: error },
    )
  }
  return { release: () => db.close() }
}

/** Whether another process holds the folder that was to be opened: it may be free later. */
export function isInUse(error: unknown): boolean {
  return (
    error instanceof StoreError && error.kind === 'permanent' && sqliteCode(error.cause) === sqliteCodes.busy
  )
}
