import { isRegistryError } from '../../domain/error.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import { StoreError } from '../../ports/store/errors.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'

/** ms before the second try; doubled for each further one. */
const firstWaitMs = 250
const longestWaitMs = 5_000

/**
 * Opens again and again what is on a server that is away for now: the process has started, others of its threads serve, and
 * a thread that ended would take them along.
 * @throws what will not pass by itself
 */
export async function whenThere<T>(
  open: () => Promise<T>,
  { clock, telemetry }: { readonly clock: Pick<Clock, 'sleep'>; readonly telemetry: Pick<Telemetry, 'warn'> },
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await open()
    } catch (error) {
      if (!mayPass(error)) throw error
      telemetry.warn('a thread waits for a server that is away', { reason: error.message })
      await clock.sleep(waitMs)
    }
  }
}

function mayPass(error: unknown): error is Error {
  if (error instanceof StoreError) return error.kind === 'transient'
  if (error instanceof BlobsError) return error.kind === 'transient'
  return isRegistryError(error, 'unavailable')
}
