import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite'
import { StoreError, type StoreErrorKind } from '../../../ports/store/errors.ts'

/** Readers wait for recovery by another connection at most this long; under WAL they wait for nothing else. */
const busyTimeoutMs = 5_000
/** The writer checkpoints when idle; a log that grows past this (64 MiB of 4 KiB pages) is brought in at once. */
const checkpointPages = 16_384

/** Pages that a group changes are kept until its end: where there is no room, they are written to the log before, and read again. */
const writerCacheKib = 16_384

/** The writer's connection: what COMMIT answered is on the disk. */
export function openForWriting(file: string): DatabaseSync {
  const db = opened(file, {})
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${checkpointPages};
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${writerCacheKib}`)
  return db
}

export function openForReading(file: string | URL): DatabaseSync {
  return opened(file, { readOnly: true })
}

/** What a database that came from elsewhere says of itself calls no function and changes no other row. */
function opened(file: string | URL, options: DatabaseSyncOptions): DatabaseSync {
  const guarded = { timeout: busyTimeoutMs, enableForeignKeyConstraints: false, ...options }
  const db = new DatabaseSync(file, guarded)
  try {
    db.exec('PRAGMA trusted_schema = OFF')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const primaryCode = 0xff
export const sqliteCodes = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  ioErrorWrite: 778,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  uniqueConstraint: 2067,
} as const

/** SQLite's extended result code, or undefined for an error of another making. */
export function extendedCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code : undefined
}

export function sqliteCode(error: unknown): number | undefined {
  const code = extendedCode(error)
  return code === undefined ? undefined : code & primaryCode
}

/** How an error while reading, or before COMMIT, is told: constraints and misuse stay, the disk's troubles pass. */
export function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(kindOf(error), `SQLite: ${message}`, { cause: error })
}

function kindOf(error: unknown): StoreErrorKind {
  if (extendedCode(error) === noRoomForIndex) return 'full'
  return passing[sqliteCode(error) ?? 0] ?? 'permanent'
}

/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log cannot grow. */
const noRoomForIndex = 4_874

const passing: Readonly<Record<number, StoreErrorKind>> = {
  // PERM, READONLY, CANTOPEN
  3: 'denied',
  [sqliteCodes.readOnly]: 'denied',
  [sqliteCodes.cannotOpen]: 'denied',
  [sqliteCodes.full]: 'full',
  // BUSY, LOCKED, NOMEM, IOERR, PROTOCOL
  [sqliteCodes.busy]: 'transient',
  6: 'transient',
  7: 'transient',
  [sqliteCodes.ioError]: 'transient',
  15: 'transient',
}
