import type { Clock } from '../../../ports/clock/clock.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'

export interface Lease {
  readonly job: string
  /** ms; renewed at a third of it. */
  readonly time: number
  /** False: it is somebody else's now. */
  readonly renew: () => Promise<boolean>
}

/**
 * Renews the lease of a running job until `ended`. Answers true when it is lost: taken, or run out because no renewal
 * came through. A single fault of the store does not lose it. Never rejects.
 */
export async function keepLease(
  { clock, telemetry }: { readonly clock: Clock; readonly telemetry: Telemetry },
  lease: Lease,
  ended: AbortSignal,
): Promise<boolean> {
  let renewed = clock.monotonic()
  for (;;) {
    await clock.idle(lease.time / 3, ended)
    if (ended.aborted) return false
    const kept = await lease.renew().catch((error: unknown) => {
      telemetry.error('the lease of a job could not be renewed', error, { job: lease.job })
      return undefined
    })
    if (kept === true) renewed = clock.monotonic()
    else if (kept === false || clock.monotonic() - renewed >= lease.time) {
      telemetry.warn('a job has lost its lease', { job: lease.job })
      return true
    }
  }
}
