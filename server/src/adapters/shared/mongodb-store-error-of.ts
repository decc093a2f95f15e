import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError } from 'mongodb'
import { StoreError } from '../../ports/store/errors.ts'

/** Another process has changed what a batch had read: it is tried again. */
export class Overtaken extends Error {}

export const duplicateKey = 11_000

const denied: readonly number[] = [
  13, // Unauthorized
  18, // AuthenticationFailed
]
const outOfDiskSpace = 14_031
/** The server may do it next time: it steps down, starts, recovers, is asked for too much, or took too long. */
const passing: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  46, // LockBusy
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  134, // ReadConcernMajorityNotAvailableYet
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  237, // CursorKilled
  239, // SnapshotTooOld
  246, // SnapshotUnavailable
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  290, // TransactionExceededLifetimeLimitSeconds
  365, // TemporarilyUnavailable
  462, // IngressRequestRateLimitExceeded
  9_001, // SocketException
  10_107, // NotWritablePrimary
  11_600, // InterruptedAtShutdown
  11_602, // InterruptedDueToReplStateChange
  13_435, // NotPrimaryNoSecondaryOk
  13_436, // NotPrimaryOrSecondary
])
/** Errors of the driver itself, by name: no server was found or answered in time, or the pool was emptied or full. */
const passingNames: readonly string[] = [
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoOperationTimeoutError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
]

/** What the driver threw, in the words of the port. What is no error of a database is passed on as it is. */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof StoreError) return error
  if (error instanceof Overtaken) return new StoreError('transient', error.message, { cause: error })
  if (isOfSocket(error))
    return new StoreError('transient', `the database cannot be reached: ${error.message}`, { cause: error })
  if (!(error instanceof MongoError)) return error
  const { message } = error
  if (isDenied(error)) return new StoreError('denied', `the database refuses this user: ${message}`)
  if (error.code === outOfDiskSpace || /over your space quota/i.test(message))
    return new StoreError('full', `the database has no space left: ${message}`)
  if (isPassing(error)) return new StoreError('transient', `the database cannot do it now: ${message}`)
  return new StoreError('permanent', `the database refuses: ${message}`, { cause: error })
}

export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey
}

/** Nothing of the transaction was applied, and trying the whole of it again may help. */
export function mayTryAgain(error: unknown): boolean {
  if (error instanceof Overtaken || isDuplicate(error)) return true
  if (!(error instanceof MongoError)) return false
  return error.hasErrorLabel('TransientTransactionError') || error.code === 112 || error.code === 246
}

/** The driver passes on some of what sockets throw as it is. */
function isOfSocket(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT'].includes(String(error.code))
  )
}

function isDenied(error: MongoError): boolean {
  return denied.includes(Number(error.code))
}

function isPassing(error: MongoError): boolean {
  if (error instanceof MongoNetworkError || passingNames.includes(error.name)) return true
  if (error.hasErrorLabel('TransientTransactionError') || error.hasErrorLabel('RetryableWriteError'))
    return true
  if (error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined) return true
  return passing.has(Number(error.code))
}
