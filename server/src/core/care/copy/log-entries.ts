import { RegistryError } from '../../../domain/error.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Position, Store } from '../../../ports/store/store.ts'
import type { Log, Row } from '../../../ports/store/table.ts'

export type Logs = Pick<Store, 'tail' | 'last'>

/** How a log is read to its end. */
export interface LogReading {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly signal: AbortSignal
  /** Entries of one read. */
  readonly limit: number
  /** ms: how long the end of a log is waited for that the store cannot tell yet. */
  readonly endTime: number
}

export interface Entry {
  readonly at: Position
  readonly row: Row
}

const betweenMs = 500

/**
 * All entries behind a place that were committed before the call, and maybe some more. A page without entries is no end: what
 * stands behind a commit under way, a store may not show yet.
 * @throws RegistryError `unavailable` where the store does not know in time where the log ends
 */
export async function* logEntries(
  store: Logs,
  log: Log,
  after: Position | undefined,
  reading: LogReading,
): AsyncGenerator<Entry, void> {
  const end = await logEnd(store, log, reading)
  if (end === undefined) return
  let last = after
  let isReached = after === end
  while (!isReached) {
    const { entries } = await store.tail(log, last, reading.limit)
    if (entries.length === 0) throw unknownEnd(log, 'what is known to be there is not shown')
    yield* entries
    isReached = entries.some(({ at }) => at === end)
    last = entries.at(-1)?.at
  }
}

/** Where a log ends, waited for as long as `endTime` says. @throws RegistryError `unavailable` */
export async function logEnd(
  store: Pick<Logs, 'last'>,
  log: Log,
  { clock, signal, endTime }: Omit<LogReading, 'limit'>,
): Promise<Position | undefined> {
  const late = clock.monotonic() + endTime
  for (;;) {
    signal.throwIfAborted()
    try {
      return await store.last(log)
    } catch (error) {
      const fault = passingFault(error)
      if (fault === undefined) throw error
      if (clock.monotonic() + betweenMs > late) throw unknownEnd(log, fault.message, error)
    }
    await clock.sleep(betweenMs, signal)
  }
}

/** As the store has thrown it, or as it was told of on the way. */
function passingFault(error: unknown): StoreError | undefined {
  const fault = error instanceof RegistryError ? error.cause : error
  return fault instanceof StoreError && fault.kind === 'transient' ? fault : undefined
}

function unknownEnd({ name }: Log, why: string, cause?: unknown): RegistryError<'unavailable'> {
  const reason = `where the log ${name} ends is not known (${why}); what is copied stays, and the same command goes on from there`
  return new RegistryError('unavailable', { reason, retryAfterMs: 60_000 }, { cause })
}
