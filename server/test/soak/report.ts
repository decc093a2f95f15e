import type { ScrubReport } from '../../src/core/care/scrub.ts'
import type { Figures } from './figures.ts'
import { slope, slopeError } from './slope.ts'

export interface SoakReport {
  readonly seed: number
  readonly seconds: number
  readonly rate: number
  readonly series: readonly Figures[]
  /** Without clients, before and after the load. */
  readonly before: Figures
  readonly after: Figures
  /** By what was asked and what was answered. */
  readonly answers: Readonly<Record<string, number>>
  readonly collections: number
  readonly scrubs: readonly ScrubReport[]
  /** Answers that should not have come, lines of the log at level error, an end that was none. */
  readonly wrong: readonly string[]
}

const mib = 1024 * 1024
const mostRiseAMinute = 1_000_000
/** A shorter run says nothing of its memory: caches and heaps still grow to their size. */
const tellingSeconds = 480
const shownWrong = 20

/** Of resident memory over the second half, in bytes a minute, and how much of that may be chance. */
export function rise({ series, seconds }: Pick<SoakReport, 'series' | 'seconds'>): {
  readonly aMinute: number
  readonly error: number
} {
  const late = series.filter((each) => each.seconds >= seconds / 2)
  const points = late.map((each) => ({ x: each.seconds / 60, y: each.residentBytes }))
  return { aMinute: slope(points), error: slopeError(points, Math.floor(seconds / 2 / 60)) }
}

/** The goals that were missed, in words. */
export function unmet(report: SoakReport): string[] {
  const { before, after, scrubs, wrong, seconds } = report
  const missed: string[] =
    wrong.length > 0 ? [`${wrong.length} answers or lines that should not have come`] : []
  const risen = rise(report)
  if (seconds >= tellingSeconds && risen.aMinute >= mostRiseAMinute) {
    missed.push(`resident memory rose by ${megabytes(risen.aMinute)} MiB a minute`)
  }
  if (before.descriptors !== undefined && (after.descriptors ?? 0) > before.descriptors) {
    missed.push(`${after.descriptors} descriptors are open, and ${before.descriptors} were before`)
  }
  if (after.deadJobs > 0) missed.push(`${after.deadJobs} jobs are dead`)
  if (scrubs.some(({ findings }) => findings.length > 0)) missed.push('a scrub has found something')
  return missed
}

/** For people. */
export function shown(report: SoakReport): string {
  const { series, before, after, answers, scrubs, wrong, seconds, collections } = report
  const requests = after.requests - before.requests
  const risen = rise(report)
  // Memory comes and goes by tens of MiB for minutes.
  const isTold = seconds >= tellingSeconds && risen.aMinute + risen.error < mostRiseAMinute
  return [
    row(['seconds', 'RSS MiB', 'heap MiB', 'descriptors', 'data MiB', 'WAL MiB', 'requests']),
    ...[before, ...series, after].map((each) => row(cells(each))),
    '',
    `requests: ${requests}, ${(requests / seconds).toFixed(0)} a second`,
    `resident memory, second half: ${megabytes(risen.aMinute)}${Number.isFinite(risen.error) ? ` ± ${megabytes(risen.error)}` : ''} MiB a minute${isTold ? '' : '; only a longer run would show that it stays'}`,
    `highest: ${megabytes(Math.max(...series.map(({ residentBytes }) => residentBytes)))} MiB`,
    `descriptors: ${before.descriptors} before, ${after.descriptors} after`,
    `collections by hand: ${collections}`,
    ...scrubs.map(
      ({ blobs, files, records, findings }) =>
        `scrub: ${blobs} blobs, ${files} files, ${records} records, ${findings.length} findings${findings.length > 0 ? ` ${JSON.stringify(findings.slice(0, 5))}` : ''}`,
    ),
    `answers: ${Object.entries(answers)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ')}`,
    ...wrong.slice(0, shownWrong).map((one) => `WRONG: ${one}`),
    ...unmet(report).map((one) => `MISSED: ${one}`),
  ].join('\n')
}

const megabytes = (bytes: number): string => (bytes / mib).toFixed(1)
const row = (texts: readonly string[]): string => texts.map((text) => text.padStart(11)).join(' ')

function cells(figures: Figures): string[] {
  const { seconds, residentBytes, heapBytes, descriptors, dataBytes, walBytes, requests } = figures
  return [
    seconds.toFixed(0),
    megabytes(residentBytes),
    megabytes(heapBytes),
    String(descriptors ?? '-'),
    megabytes(dataBytes),
    megabytes(walBytes),
    String(requests),
  ]
}
