import { DatabaseError } from 'pg'
import { StoreError, type StoreErrorKind } from '../../ports/store/errors.ts'

/** The server's code of an error, of five characters; undefined where the error is not the server's. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined
}

/** How an error of a read, or of a batch that was certainly not applied, is told. */
export function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(kindOf(error), `PostgreSQL: ${message}`, { cause: error })
}

/** The connection is of no use after it: what was under way on it may have been carried out or not. */
export function losesConnection(error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined || endings.has(state) || state.startsWith('08')
}

/** Two transactions stood in each other's way, and this one was taken back. */
export const isCollision = (error: unknown): boolean => {
  const state = sqlState(error)
  return state === codes.deadlock || state === codes.serialization
}

export const codes = {
  unique: '23505',
  invalidText: '22P02',
  deadlock: '40P01',
  serialization: '40001',
  aborted: '25P02',
  unsupported: '0A000',
} as const

/** By which the server ends a connection: shutdown, crash, start, a database that is gone, idleness. */
const endings: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '57P05',
  '25P03',
  '25P04',
  '53300',
])

function kindOf(error: unknown): StoreErrorKind {
  // Of a library or a network: what was said of the code, not of the world, will be said again.
  if (!(error instanceof DatabaseError)) return isMistake(error) ? 'permanent' : 'transient'
  const { code = '' } = error
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 'permanent'
}

const isMistake = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError

const byCode: Readonly<Record<string, StoreErrorKind>> = {
  // No space on the disk.
  '53100': 'full',
  // Read only, no right, no such user or a wrong password.
  '25006': 'denied',
  '42501': 'denied',
  '28000': 'denied',
  '28P01': 'denied',
  // Idle within a transaction, or in one for too long; a lock that was not had in time.
  '25P03': 'transient',
  '25P04': 'transient',
  '55P03': 'transient',
  // What somebody else has left behind on the connection.
  '25P02': 'transient',
  // A statement that others began to prepare on the same connection, in vain; it is prepared anew.
  '26000': 'transient',
  // A disk that did not answer as it should.
  '58030': 'transient',
}

const byClass: Readonly<Record<string, StoreErrorKind>> = {
  // The connection, collisions, resources, whoever ends statements and connections.
  '08': 'transient',
  '40': 'transient',
  '53': 'transient',
  '57': 'transient',
}
