import type { Composed } from '../boot/compose.ts'
import { collect } from '../core/gc/collect.ts'
import { emptyTrash } from '../core/gc/empty-trash.ts'
import { expireUploads } from '../core/gc/expire-uploads.ts'
import { sweep } from '../core/gc/sweep.ts'
import { deleteReferrersJob } from '../core/publish/delete-manifest.ts'
import { deleteReferrers } from '../core/publish/delete-referrers.ts'
import type { JobHandler } from '../ports/journal/journal.ts'
import { recurring, type Schedule } from './schedule.ts'

const minute = 60_000

/** What runs by the clock. A new one is a line here and a use case in the core. */
export function schedules({ core }: Composed, sweepInterval: number): readonly Schedule[] {
  return [
    { kind: 'expire-uploads', every: 5 * minute, run: (signal) => expireUploads(core, signal) },
    { kind: 'empty-trash', every: 5 * minute, run: (signal) => emptyTrash(core, signal) },
    { kind: 'collect', every: 60 * minute, run: (signal) => collect(core, signal) },
    { kind: 'sweep', every: sweepInterval, run: (signal) => sweep(core, signal) },
  ]
}

/** Who runs which kind of job: those that changes ask for, and those of the schedule. */
export function jobHandlers(
  composed: Composed,
  scheduled: readonly Schedule[],
): ReadonlyMap<string, JobHandler> {
  const { core, immutableTags } = composed
  return new Map<string, JobHandler>([
    [deleteReferrersJob, (payload, context) => deleteReferrers(core, immutableTags, payload, context)],
    ...scheduled.map((schedule): [string, JobHandler] => [schedule.kind, recurring(core, schedule)]),
  ])
}
