import type { Composed } from '../boot/compose.ts'
import { expireLogins } from '../core/access/expire-logins.ts'
import { letterHandler, letterJob } from '../core/access/letters.ts'
import { noticeHandler, noticeKind } from '../core/access/notices.ts'
import { expireAudit } from '../core/audit/expire-audit.ts'
import { sealAudit } from '../core/audit/seal.ts'
import { emptyRepositoryJob } from '../core/authoring/purge-artifact.ts'
import { emptyTrashJob } from '../core/content/write-upload.ts'
import { collect } from '../core/gc/collect.ts'
import { emptyRepository } from '../core/gc/empty-repository.ts'
import { emptyTrash } from '../core/gc/empty-trash.ts'
import { expireUploads } from '../core/gc/expire-uploads.ts'
import { applyRetention } from '../core/gc/retention.ts'
import { sweep } from '../core/gc/sweep.ts'
import { tidyBlobs } from '../core/gc/tidy-blobs.ts'
import type { Core } from '../core/ledger/core.ts'
import { unhurried } from '../core/ledger/unhurried.ts'
import { deleteReferrersJob } from '../core/publish/delete-manifest.ts'
import { deleteReferrers } from '../core/publish/delete-referrers.ts'
import { noteEarlier } from '../core/publish/note-earlier.ts'
import type { JobHandler } from '../ports/journal/journal.ts'
import { recurring, type Schedule } from './schedule.ts'

/** Settings `limits.<name>`, the last one `search.<name>`, in ms. */
export interface Intervals {
  readonly cleanupInterval: number
  readonly collectInterval: number
  readonly sweepInterval: number
  readonly retentionInterval: number
  readonly compareInterval: number
}

/** They end soon, and what depends on them is bounded in time: they wait for no other job. */
export const swiftJobs: ReadonlySet<string> = new Set(['seal-audit'])

/** What runs by the clock. A new one is a line here and a use case in the core. */
export function schedules(composed: Composed, intervals: Intervals): readonly Schedule[] {
  const { cleanupInterval, collectInterval, sweepInterval, retentionInterval, compareInterval } = intervals
  // It comes back anyway, and those whose requests are answered meanwhile do not.
  const core = (signal: AbortSignal): Core => unhurried(composed.core, signal)
  return [
    { kind: 'expire-uploads', every: cleanupInterval, run: (signal) => expireUploads(core(signal), signal) },
    { kind: 'empty-trash', every: cleanupInterval, run: (signal) => emptyTrash(core(signal), signal) },
    { kind: 'collect', every: collectInterval, run: (signal) => collect(core(signal), signal) },
    {
      kind: 'retention',
      every: retentionInterval,
      run: (signal) => applyRetention(core(signal), composed, signal),
    },
    { kind: 'expire-logins', every: cleanupInterval, run: (signal) => expireLogins(core(signal), signal) },
    { kind: 'note-artifacts', every: cleanupInterval, run: (signal) => noteEarlier(core(signal), signal) },
    {
      kind: 'sweep',
      every: sweepInterval,
      async run(signal) {
        const claimed = await sweep(core(signal), signal)
        return { claimed, tidied: await tidyBlobs(core(signal), signal) }
      },
    },
    {
      kind: 'seal-audit',
      every: composed.audit.sealInterval,
      run: (signal) => sealAudit(composed.core, composed.audit, signal),
    },
    {
      kind: 'expire-audit',
      every: cleanupInterval,
      run: (signal) => expireAudit(core(signal), composed.audit, signal),
    },
    {
      kind: 'compare-index',
      every: compareInterval,
      run: async (signal) => (await composed.searching?.mend(signal)) ?? {},
    },
  ]
}

/** Who runs which kind of job: those that changes ask for, and those of the schedule. */
export function jobHandlers(
  composed: Composed,
  scheduled: readonly Schedule[],
): ReadonlyMap<string, JobHandler> {
  const { core, immutableTags } = composed
  return new Map<string, JobHandler>([
    [emptyTrashJob, async (_payload, { signal }) => void (await emptyTrash(core, signal))],
    [emptyRepositoryJob, (payload, context) => emptyRepository(core, payload, context)],
    [letterJob, letterHandler(composed.letters)],
    [noticeKind, noticeHandler(composed.letters)],
    [deleteReferrersJob, (payload, context) => deleteReferrers(core, immutableTags, payload, context)],
    ...scheduled.map((schedule): [string, JobHandler] => [schedule.kind, recurring(core, schedule)]),
  ])
}
