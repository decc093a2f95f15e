import { BlobsError } from '../../ports/blobs/errors.ts'
import { StoreError } from '../../ports/store/errors.ts'
import { isRegistryError, UnavailableError } from '../errors.ts'

/** What an engine says of its server is for the caller of `connect`; whatever else it throws is a fault of Lading's. */
export function notOpened(cause: unknown): unknown {
  if (!(cause instanceof StoreError) && !(cause instanceof BlobsError)) return cause
  return new UnavailableError(`the backend cannot be opened: ${cause.message}`, { cause })
}

/** The same of blobs that the caller's own function opens: whatever it throws is no fault of Lading's. */
export function blobsNotOpened(cause: unknown): unknown {
  if (isRegistryError(cause) || cause instanceof BlobsError) return notOpened(cause)
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new UnavailableError(`the backend cannot be opened: its blobs cannot be: ${reason}`, { cause })
}
