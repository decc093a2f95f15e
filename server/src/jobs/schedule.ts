import type { Core } from '../core/ledger/core.ts'
import type { JobHandler, Journal } from '../ports/journal/journal.ts'

/** Work that comes back. Its job's row never ends, so it runs once at a time whatever number of processes there are. */
export interface Schedule {
  readonly kind: string
  /** ms between the end of a run and the beginning of the next. */
  readonly every: number
  readonly run: (signal: AbortSignal) => Promise<unknown>
}

/** Failures in a row after which a schedule waits for its next turn instead of trying again soon. */
const triesPerTurn = 4

export function recurring(core: Core, schedule: Schedule): JobHandler {
  return async (_payload, { signal, attempt }) => {
    try {
      const result = await schedule.run(signal)
      core.telemetry.debug('a scheduled job has run', { kind: schedule.kind, result: JSON.stringify(result) })
    } catch (error) {
      if (signal.aborted || attempt < triesPerTurn) throw error
      core.telemetry.error('a scheduled job failed; it waits for its next turn', error, {
        kind: schedule.kind,
      })
    }
    signal.throwIfAborted()
    return { againAt: core.clock.now() + schedule.every }
  }
}

/**
 * Makes the rows of schedules that have none yet; the first run is one interval from now. One that is dead, because
 * the process went down with it too often, gets another chance with this start.
 */
export async function plant(core: Core, journal: Journal, schedules: readonly Schedule[]): Promise<void> {
  for (const { kind, every } of schedules) {
    const job = { kind, payload: {}, runAt: core.clock.now() + every, once: `schedule ${kind}` }
    const standing = await core.ledger.keep(async () => {
      const value = await journal.standing(job.once)
      return { value, changes: [], jobs: value === undefined ? [job] : [] }
    })
    if (standing?.state === 'dead') await journal.revive(standing.id)
  }
}
