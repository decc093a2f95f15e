import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite'
import { SearchError, type SearchErrorKind } from '../../../ports/search/errors.ts'

/** Under WAL a connection waits for nothing but recovery by another one. */
const busyTimeoutMs = 5_000
/** A log that grows past this (64 MiB) is brought into the database at once. */
const checkpointPages = 8_192
/** A log that grew larger for one change is cut to this. */
const keptLogBytes = 67_108_864
const fileMode = 0o600

export interface CacheSize {
  readonly cacheKib: number
}

/** What was committed may be lost with the power, from its end on: an index follows again from the mark that is left. */
export function openForApplying(file: string, { cacheKib }: CacheSize): DatabaseSync {
  return opened(
    file,
    {},
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${checkpointPages};
     PRAGMA journal_size_limit = ${keptLogBytes};
     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${cacheKib}`,
  )
}

/** A database that nobody knows of before it is whole: nothing is done for the case that it is not finished. */
export function openForBuilding(file: string, { cacheKib }: CacheSize): DatabaseSync {
  // SQLite would make one that everybody may read.
  closeSync(openSync(file, 'wx', fileMode))
  return opened(
    file,
    {},
    `PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
     PRAGMA temp_store = FILE; PRAGMA cache_size = -${cacheKib}`,
  )
}

export function openForAsking(file: string, { cacheKib }: CacheSize): DatabaseSync {
  return opened(file, { readOnly: true }, `PRAGMA cache_size = -${cacheKib}`)
}

/** What a database says of itself calls no function and changes no other row. */
function opened(file: string, options: DatabaseSyncOptions, settings: string): DatabaseSync {
  const guarded = { timeout: busyTimeoutMs, enableForeignKeyConstraints: false, ...options }
  const db = new DatabaseSync(file, guarded)
  try {
    db.exec(`PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; ${settings}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const primaryCode = 0xff
/** SQLITE_IOERR_SHORT_READ: the file ends before its pages do. */
const shortRead = 522

const kinds: Readonly<Record<number, SearchErrorKind>> = {
  // ERROR: a table or a column is missing. CORRUPT, NOTADB, CONSTRAINT, MISMATCH: rows are not as they were written
  1: 'foreign',
  11: 'foreign',
  26: 'foreign',
  19: 'foreign',
  20: 'foreign',
  // PERM, READONLY, FULL, CANTOPEN
  3: 'refused',
  8: 'refused',
  13: 'refused',
  14: 'refused',
}

export function searchErrorOf(error: unknown): SearchError {
  if (error instanceof SearchError) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = (error as { errcode?: unknown } | null)?.errcode
  if (typeof code !== 'number') {
    const system = (error as { code?: unknown } | null)?.code
    const isRefused = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS'].includes(String(system))
    return new SearchError(isRefused ? 'refused' : 'unavailable', message, { cause: error })
  }
  const kind = code === shortRead ? 'foreign' : (kinds[code & primaryCode] ?? 'unavailable')
  return new SearchError(kind, `SQLite: ${message}`, { cause: error })
}

/** What is kept is not what was written. */
export function damaged(what: string): SearchError {
  return new SearchError('foreign', `the index is damaged: ${what}`)
}
