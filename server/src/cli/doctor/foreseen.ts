import type { Config } from '../../config/config.ts'
import { isRegistryError } from '../../domain/error.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import { StoreError } from '../../ports/store/errors.ts'
import { Failure } from '../failure.ts'
import { type Finding, problem } from './check.ts'

/** What could not be done, with what mends it: of a server, and of a command, the message itself says that. */
export function foreseen(error: unknown, { store, blobs }: Config, otherwise: Finding): Finding {
  const saysAll =
    error instanceof Failure ||
    isRegistryError(error) ||
    (error instanceof StoreError && store.url !== undefined) ||
    (error instanceof BlobsError && blobs.bucket !== undefined)
  return saysAll ? selfMending((error as Error).message) : otherwise
}

/** A problem whose words say what mends it. */
export function selfMending(says: string): Finding {
  const { mend: _, ...finding } = problem(says, '')
  return finding
}
