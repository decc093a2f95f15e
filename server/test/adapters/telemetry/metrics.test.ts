import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { openPinoTelemetry } from '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts'
import { Metrics, shareMetrics } from '../../../src/adapters/telemetry/shared/metrics.ts'
import { labelsOf, layout, placeOf } from '../../../src/adapters/telemetry/shared/slab-layout.ts'
import type { Family, HistogramSample, MetricName } from '../../../src/ports/telemetry/metrics.ts'

function samplesOf(families: readonly Family[], name: MetricName): Family['samples'] {
  const found = families.find((family) => family.name === name)
  assert.ok(found, name)
  return found.samples
}

describe('metrics', () => {
  it('add up by name and labels, in whatever order the labels come', () => {
    const telemetry = openPinoTelemetry({ level: 'silent', pretty: false, to: { write: () => undefined } })
    telemetry.count('lading_commit_races_total', 2, { why: 'rev' })
    telemetry.count('lading_commit_races_total', 3, { why: 'rev' })
    telemetry.count('lading_commit_races_total', undefined, { why: 'when' })
    telemetry.tally('lading_commit_races_total', { why: 'when' }).add(10)
    telemetry.observe('lading_job_duration_seconds', 1, { kind: 'sweep', result: 'ok' })
    telemetry.observe('lading_job_duration_seconds', 1, { result: 'ok', kind: 'sweep' })
    const families = telemetry.families()
    assert.deepEqual(samplesOf(families, 'lading_commit_races_total'), [
      { labels: { why: 'rev' }, value: 5 },
      { labels: { why: 'when' }, value: 11 },
    ])
    const [job, ...none] = samplesOf(families, 'lading_job_duration_seconds') as HistogramSample[]
    assert.deepEqual([job?.labels, job?.sum, none], [{ kind: 'sweep', result: 'ok' }, 2, []])
  })

  it('count each value in every bucket that reaches it', () => {
    const metrics = new Metrics()
    const kept = metrics.histogram('lading_job_duration_seconds', { kind: 'collect', result: 'ok' })
    for (const value of [0.01, 0.011, 60, 5000]) kept.observe(value)
    kept.observe(Number.NaN)
    const [job] = samplesOf(metrics.families(), 'lading_job_duration_seconds') as HistogramSample[]
    assert.deepEqual(job, {
      labels: { kind: 'collect', result: 'ok' },
      sum: 0.01 + 0.011 + 60 + 5000,
      buckets: [
        { upTo: 0.01, count: 1 },
        { upTo: 0.1, count: 2 },
        { upTo: 1, count: 2 },
        { upTo: 10, count: 2 },
        { upTo: 60, count: 3 },
        { upTo: 600, count: 3 },
        { upTo: 3600, count: 3 },
        { upTo: Number.POSITIVE_INFINITY, count: 4 },
      ],
    })
  })

  it('have a place of its own for each series, which knows its labels', () => {
    const seen = new Set<number>()
    let last = 0
    for (const found of layout.placed.values()) {
      for (let series = 0; series < found.series; series++) {
        const at = placeOf(found, labelsOf(found, series))
        assert.equal(at, found.start + series * found.width, `${found.name} ${series}`)
        seen.add(at)
        last = Math.max(last, at + found.width)
      }
    }
    assert.equal(
      seen.size,
      [...layout.placed.values()].reduce((sum, { series }) => sum + series, 0),
    )
    assert.ok(last <= layout.length)
  })

  it('take every value that they do not know for other, so that nobody can make series', () => {
    const metrics = new Metrics()
    for (let n = 0; n < 1000; n += 1) metrics.count('lading_commit_races_total', 1, { why: `/${n}` })
    metrics.count('lading_commit_races_total', 1, {})
    assert.deepEqual(samplesOf(metrics.families(), 'lading_commit_races_total'), [
      { labels: { why: 'other' }, value: 1001 },
    ])
  })
})

describe('metrics of several threads', () => {
  it('are whole, whichever of them is asked, and what others work at does not get lost', async () => {
    const shared = shareMetrics(3)
    const source = new URL('../../../src/adapters/telemetry/shared/metrics.ts', import.meta.url)
    const work = `
      import { workerData } from 'node:worker_threads'
      import { Metrics } from ${JSON.stringify(source.href)}
      const { shared, thread } = workerData
      const metrics = new Metrics({ shared, thread })
      const races = metrics.tally('lading_commit_races_total', { why: 'rev' })
      const runs = metrics.histogram('lading_job_duration_seconds', { kind: 'sweep', result: 'ok' })
      for (let n = 0; n < 100_000; n++) { races.add(); runs.observe(0.5) }
      metrics.tally('lading_heap_used_bytes').set(100 * thread)
      metrics.tally('lading_event_loop_utilization_ratio').set(thread / 10)
    `
    const url = new URL(`data:text/javascript,${encodeURIComponent(work)}`)
    const here = new Metrics({ shared, thread: 0 })
    const workers = [1, 2].map((thread) => new Worker(url, { workerData: { shared, thread } }))
    for (let n = 0; n < 1000; n++) here.count('lading_commit_races_total', 1, { why: 'rev' })
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    const families = here.families()
    assert.deepEqual(samplesOf(families, 'lading_commit_races_total'), [
      { labels: { why: 'rev' }, value: 201_000 },
    ])
    const [runs] = samplesOf(families, 'lading_job_duration_seconds') as HistogramSample[]
    assert.deepEqual([runs?.sum, runs?.buckets.at(-1)?.count], [100_000, 200_000])
    assert.deepEqual(samplesOf(families, 'lading_heap_used_bytes'), [{ labels: {}, value: 300 }])
    assert.deepEqual(samplesOf(families, 'lading_event_loop_utilization_ratio'), [{ labels: {}, value: 0.2 }])
  })

  it('keep what a dead thread counted, and forget what it had open', () => {
    const shared = shareMetrics(2)
    const dead = new Metrics({ shared, thread: 1 })
    dead.count('lading_commit_races_total', 7, { why: 'rev' })
    dead.tally('lading_uploads_in_progress').add(3)
    const next = new Metrics({ shared, thread: 1 })
    assert.deepEqual(samplesOf(next.families(), 'lading_uploads_in_progress'), [{ labels: {}, value: 0 }])
    assert.deepEqual(samplesOf(next.families(), 'lading_commit_races_total'), [
      { labels: { why: 'rev' }, value: 7 },
    ])
  })

  it('refuse a thread for which there is no room', () => {
    assert.throws(() => new Metrics({ shared: shareMetrics(2), thread: 2 }), RangeError)
  })
})

describe('the recording telemetry', () => {
  it('keeps all that it is told, in order', () => {
    const telemetry = new MemoryTelemetry()
    const error = new Error('x')
    telemetry.debug('a')
    telemetry.info('b', { n: 1 })
    telemetry.warn('c')
    telemetry.error('d', error, { n: 2 })
    telemetry.count('lading_commit_races_total', 2, { why: 'rev' })
    telemetry.count('lading_store_groups_total')
    telemetry.observe('lading_job_duration_seconds', 0.5)
    assert.deepEqual(telemetry.lines, [
      { level: 'debug', message: 'a', fields: {} },
      { level: 'info', message: 'b', fields: { n: 1 } },
      { level: 'warn', message: 'c', fields: {} },
      { level: 'error', message: 'd', fields: { n: 2 }, error },
    ])
    assert.deepEqual(telemetry.measures, [
      { kind: 'count', name: 'lading_commit_races_total', value: 2, labels: { why: 'rev' } },
      { kind: 'count', name: 'lading_store_groups_total', value: 1, labels: {} },
      { kind: 'observe', name: 'lading_job_duration_seconds', value: 0.5, labels: {} },
    ])
    assert.deepEqual(
      [
        telemetry.counted('lading_commit_races_total'),
        telemetry.counted('lading_commit_races_total', { why: 'when' }),
      ],
      [2, 0],
    )
    assert.deepEqual(samplesOf(telemetry.families(), 'lading_store_groups_total'), [{ labels: {}, value: 1 }])
  })
})
