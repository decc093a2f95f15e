import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StoreError } from '../../../ports/store/errors.ts'
import { openForReading, storeErrorOf } from './connection.ts'

export interface InspectedFolder {
  /** Of the schema; 0 where no table was made yet. */
  readonly version: number
  /** What SQLite finds wrong with the file; the first few. */
  readonly faults: readonly string[]
}

const listedFaults = 20

/** Looks at the records of a folder without its lock, also while a server has it, and changes nothing. @throws StoreError */
export function inspectFolder(folder: string): InspectedFolder {
  try {
    const db = openAsItStands(join(folder, 'lading.db'))
    try {
      const found = db.prepare(`PRAGMA quick_check(${listedFaults})`).all()
      const faults = found.map((each) => String(each['quick_check'])).filter((said) => said !== 'ok')
      return { version: versionIn(db), faults }
    } finally {
      db.close()
    }
  } catch (error) {
    throw storeErrorOf(error)
  }
}

/** 0 where no table was made yet. */
export function versionIn(db: DatabaseSync): number {
  // Nothing of that name but a table is read: a view would answer what somebody else has written.
  const sql = `SELECT 1 FROM sqlite_schema WHERE name = '_schema' AND type = 'table'`
  if (db.prepare(sql).get() === undefined) return 0
  return Number(db.prepare('SELECT version FROM "_schema"').get()?.['version'] ?? 0)
}

/**
 * Without a write-ahead log nobody has the file open. A reader would make one, of the user that it runs as, and leave it
 * there; told that the file does not change, it does without. Throws `transient` while a bulk load is at work, or was when
 * its process ended: what stands in the file is neither the state before nor the one after.
 */
export function openAsItStands(file: string): DatabaseSync {
  if (existsSync(`${file}-journal`)) throw halfChanged(file)
  if (existsSync(`${file}-wal`)) return openForReading(file)
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return openForReading(url)
}

function halfChanged(file: string): StoreError {
  const why = 'it is being filled with many records at once, or was when that was interrupted'
  return new StoreError('transient', `${file} cannot be looked at: ${why}; the next start takes that back`)
}
