import { statfs } from 'node:fs/promises'
import type { JobRecord, Journal } from '../../ports/journal/journal.ts'
import { type AskedName, type Family, metrics, type Sample } from '../../ports/telemetry/metrics.ts'

export interface ProcessFiguresParts {
  readonly journal: Pick<Journal, 'list'>
  /** Where the data are. */
  readonly folder: string
  readonly version: string
  /** Blobs that are marked as damaged. */
  readonly damaged: () => Promise<number>
  /** How far each index of artifacts is behind. */
  readonly lags: () => Promise<readonly SearchLag[]>
  /** Of the audit log: what has no place in the chain yet. */
  readonly unsealed: () => Promise<{ readonly entries: number; readonly ms: number }>
}

export interface SearchLag {
  readonly engine: string
  readonly entries: number
  readonly ms: number
  readonly isReady: boolean
}

const states: readonly JobRecord['state'][] = ['ready', 'running', 'dead']
const countedJobs = 1000

/** What is looked up when somebody asks. A part that cannot be had is left out: the rest is wanted all the more. */
export async function processFigures(parts: ProcessFiguresParts): Promise<Family[]> {
  const [jobs, disk, damaged, lags, unsealed] = await Promise.all([
    jobSamples(parts.journal).catch(() => []),
    statfs(parts.folder).catch(() => undefined),
    parts.damaged().catch(() => undefined),
    parts.lags().catch(() => []),
    parts.unsealed().catch(() => undefined),
  ])
  // Of an index that is not there, or does not answer, nobody knows how far it is.
  const known = lags.filter(({ isReady }) => isReady)
  const cpu = process.cpuUsage()
  return [
    family('lading_jobs', jobs),
    family('lading_disk_free_bytes', disk === undefined ? [] : [plain(disk.bavail * disk.bsize)]),
    family('lading_disk_size_bytes', disk === undefined ? [] : [plain(disk.blocks * disk.bsize)]),
    family('lading_blobs_damaged', damaged === undefined ? [] : [plain(damaged)]),
    family(
      'lading_search_lag_seconds',
      ofEngines(known, ({ ms }) => ms / 1000),
    ),
    family(
      'lading_search_lag_entries',
      ofEngines(known, ({ entries }) => entries),
    ),
    family(
      'lading_search_ready',
      ofEngines(lags, ({ isReady }) => Number(isReady)),
    ),
    family('lading_audit_unsealed_entries', unsealed === undefined ? [] : [plain(unsealed.entries)]),
    family('lading_audit_unsealed_seconds', unsealed === undefined ? [] : [plain(unsealed.ms / 1000)]),
    family('lading_build_info', [
      { labels: { version: parts.version, node: process.versions.node }, value: 1 },
    ]),
    family('process_cpu_seconds_total', [plain((cpu.user + cpu.system) / 1e6)]),
    family('process_resident_memory_bytes', residentSamples()),
    family('process_start_time_seconds', [plain(startedAt)]),
  ]
}

/** Once: read again, it would move with every correction of the clock. */
const startedAt = Math.round(Date.now() - process.uptime() * 1000) / 1000

/** Node reads it from a file, and there may be none left to open. */
function residentSamples(): Sample[] {
  try {
    return [plain(process.memoryUsage.rss())]
  } catch {
    return []
  }
}

async function jobSamples(journal: Pick<Journal, 'list'>): Promise<Sample[]> {
  const found = await Promise.all(states.map((state) => journal.list(state, countedJobs)))
  return states.flatMap((state, at) => {
    const byKind = Object.groupBy(found[at] ?? [], ({ kind }) => kind)
    return Object.entries(byKind).map(([kind, jobs]) => ({
      labels: { kind, state },
      value: jobs?.length ?? 0,
    }))
  })
}

function ofEngines(lags: readonly SearchLag[], value: (lag: SearchLag) => number): Sample[] {
  return lags.map((lag) => ({ labels: { engine: lag.engine }, value: value(lag) }))
}

function family(name: AskedName, samples: readonly Sample[]): Family {
  const { help, kind } = metrics[name]
  return { name, help, kind: kind === 'counter' ? 'counter' : 'gauge', samples }
}

function plain(value: number): Sample {
  return { labels: {}, value }
}
