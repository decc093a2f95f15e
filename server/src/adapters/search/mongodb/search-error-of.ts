import { MongoError } from 'mongodb'
import { SearchError, type SearchErrorKind } from '../../../ports/search/errors.ts'
import { StoreError, type StoreErrorKind } from '../../../ports/store/errors.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'

const tookTooLong: ReadonlySet<unknown> = new Set([
  50, // MaxTimeMSExpired
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
])
const unauthorized = 13

/** How a failure of a command, or of the opening of a connection, is told. */
export function searchErrorOf(error: unknown): SearchError {
  if (error instanceof SearchError) return error
  if (error instanceof MongoError) {
    const { name, code, message } = error
    if (name === 'MongoWaitQueueTimeoutError')
      return told('timeout', `all connections of search were in use for too long: ${message}`, error)
    if (tookTooLong.has(code) || name === 'MongoNetworkTimeoutError')
      return told('timeout', `MongoDB gave no answer in time: ${message}`, error)
    if (code === unauthorized) return told('refused', `${rightsWanted} MongoDB said: ${message}`, error)
  }
  const known = storeErrorOf(error)
  if (known instanceof StoreError) return told(kindOf(known.kind), known.message, error)
  const said = error instanceof Error ? error.message : String(error)
  return told('unavailable', `what MongoDB answered cannot be used: ${said}`, error)
}

const rightsWanted =
  'the user of search may not keep an index there: give it the role readWrite on the database.'

const told = (kind: SearchErrorKind, message: string, cause: unknown): SearchError =>
  new SearchError(kind, message, { cause })

function kindOf(kind: StoreErrorKind): SearchErrorKind {
  switch (kind) {
    case 'transient':
    case 'unknown':
      return 'unavailable'
    case 'full':
    case 'denied':
    case 'permanent':
      return 'refused'
  }
}
