import assert from 'node:assert/strict'
import test from 'node:test'
import type { ScrubReport } from '../../src/core/care/scrub.ts'
import type { Figures } from './figures.ts'
import { rise, type SoakReport, shown, unmet } from './report.ts'
import { slope, slopeError } from './slope.ts'

const mib = 1024 * 1024
const sound: ScrubReport = { blobs: 1, bytes: 1, records: 1, files: 1, findings: [], found: {}, sound: true }

const at = (seconds: number, residentBytes: number): Figures => ({
  seconds,
  residentBytes,
  heapBytes: 0,
  descriptors: 50,
  dataBytes: 0,
  walBytes: 0,
  deadJobs: 0,
  requests: 0,
})

/** Ten minutes, of which the first five rise much and the others by so many bytes a minute. */
function report(riseAMinute: number, more: Partial<SoakReport> = {}): SoakReport {
  const series = Array.from({ length: 121 }, (_, index) => {
    const late = Math.max(0, index * 5 - 300)
    return at(index * 5, 200 * mib + Math.min(index, 60) * mib + (riseAMinute * late) / 60)
  })
  return {
    seed: 1,
    seconds: 600,
    rate: 1,
    series,
    before: at(0, 0),
    after: at(610, 0),
    answers: { 'ping 200': 1 },
    collections: 1,
    scrubs: [sound],
    wrong: [],
    ...more,
  }
}

test('a line through points has their slope, and scatter about it changes nothing', () => {
  assert.equal(slope([]), 0)
  assert.equal(slope([{ x: 1, y: 5 }]), 0)
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 3 * x + 7 }))
  assert.equal(slope(points), 3)
  const scattered = points.flatMap(({ x, y }) => [
    { x, y: y + 1 },
    { x, y: y - 1 },
  ])
  assert.equal(slope(scattered), 3)
})

test('only the second half is judged, and only a run that is long enough', () => {
  assert.ok(Math.abs(rise(report(0.5 * mib)).aMinute - 0.5 * mib) < 1)
  assert.deepEqual(unmet(report(0.5 * mib)), [])
  assert.deepEqual(unmet(report(2 * mib)), ['resident memory rose by 2.0 MiB a minute'])
  assert.deepEqual(unmet(report(2 * mib, { seconds: 400 })), [])
})

test('a rise that may be chance is told as such, and misses the goal all the same', () => {
  const wave = report(0).series.map((each) => {
    const y = 15 * mib * Math.sin(each.seconds / 60)
    return { ...each, residentBytes: each.residentBytes + y + (1.5 * mib * each.seconds) / 60 }
  })
  const waving = report(0, { series: wave })
  assert.ok(rise(waving).aMinute > mib)
  assert.match(unmet(waving).join(), /^resident memory rose by \d+\.\d MiB a minute$/)
  assert.match(shown(waving), /only a longer run/)
  assert.doesNotMatch(shown(report(0)), /only a longer run/)
})

test('the error of a slope is that of stretches, and none where they lie on a line', () => {
  const line = Array.from({ length: 20 }, (_, x) => ({ x, y: 2 * x }))
  assert.ok(slopeError(line, 5) < 1e-9)
  assert.equal(slopeError(line, 2), Number.POSITIVE_INFINITY)
  // The stretches' means are 0, 3 and 0: 2 apart from the line in the middle, 1 at either end.
  const bent = [0, 3, 0].flatMap((y, x) => [
    { x: 2 * x, y },
    { x: 2 * x + 1, y },
  ])
  assert.ok(Math.abs(slopeError(bent, 3) - Math.sqrt(6 / 8)) < 1e-9, String(slopeError(bent, 3)))
})

test('each goal that is missed is told', () => {
  const finding = { damage: 'other-bytes' } as unknown as ScrubReport['findings'][number]
  const missed = unmet(
    report(0, {
      after: { ...at(610, 0), descriptors: 51, deadJobs: 2 },
      scrubs: [{ ...sound, findings: [finding] }],
      wrong: ['get tag: the answer was 500'],
    }),
  )
  assert.deepEqual(missed, [
    '1 answers or lines that should not have come',
    '51 descriptors are open, and 50 were before',
    '2 jobs are dead',
    'a scrub has found something',
  ])
  const text = shown(report(0, { wrong: ['get tag: the answer was 500'] }))
  assert.match(text, /^WRONG: get tag: the answer was 500$/m)
  assert.match(text, /^MISSED: 1 answers/m)
})
