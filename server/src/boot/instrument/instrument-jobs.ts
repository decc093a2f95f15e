import type { JobHandler } from '../../ports/journal/journal.ts'
import type { Metering } from '../../ports/telemetry/telemetry.ts'
import { timed } from './timed.ts'

/** The same handlers, whose runs are timed. */
export function instrumentJobs(
  handlers: ReadonlyMap<string, JobHandler>,
  telemetry: Metering,
): ReadonlyMap<string, JobHandler> {
  return new Map([...handlers].map(([kind, handler]) => [kind, timedJob(kind, handler, telemetry)]))
}

function timedJob(kind: string, handler: JobHandler, telemetry: Metering): JobHandler {
  const times = {
    ok: telemetry.histogram('lading_job_duration_seconds', { kind, result: 'ok' }),
    error: telemetry.histogram('lading_job_duration_seconds', { kind, result: 'error' }),
  }
  return (payload, context) => timed(times, () => handler(payload, context))
}
