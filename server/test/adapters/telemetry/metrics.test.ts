import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { Metrics } from '../../../src/adapters/telemetry/pino/metrics.ts'
import { openPinoTelemetry } from '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts'

test('counters add up by name and labels, in whatever order the labels come', () => {
  const telemetry = openPinoTelemetry({ level: 'silent', pretty: false, to: { write: () => undefined } })
  telemetry.count('lading_b_total')
  telemetry.count('lading_a_total', 2, { method: 'GET', status: 200 })
  telemetry.count('lading_a_total', 3, { status: 200, method: 'GET' })
  telemetry.count('lading_a_total', 5, { status: 404, method: 'GET' })
  assert.deepEqual(telemetry.snapshot(), {
    counters: [
      { name: 'lading_a_total', labels: { method: 'GET', status: 200 }, value: 5 },
      { name: 'lading_a_total', labels: { status: 404, method: 'GET' }, value: 5 },
      { name: 'lading_b_total', labels: {}, value: 1 },
    ].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    histograms: [],
    droppedSeries: 0,
  })
})

test('a histogram counts each value in every bucket that reaches it', () => {
  const metrics = new Metrics()
  for (const value of [0.001, 0.0011, 4, 100]) metrics.observe('lading_request_seconds', value, {})
  metrics.observe('lading_request_seconds', Number.NaN, {})
  metrics.observe('lading_blob_bytes', 4096, { kind: 'image' })
  const [bytes, seconds] = metrics.snapshot().histograms
  assert.ok(bytes && seconds)
  assert.deepEqual([seconds.count, seconds.sum], [4, 104.0021])
  const at = (upTo: number): number | undefined =>
    seconds.buckets.find((bucket) => bucket.upTo === upTo)?.count
  assert.deepEqual([0.001, 0.0025, 2.5, 5, 60, Number.POSITIVE_INFINITY].map(at), [1, 2, 2, 3, 3, 4])
  assert.deepEqual(
    [bytes.name, bytes.labels, bytes.count, bytes.sum],
    ['lading_blob_bytes', { kind: 'image' }, 1, 4096],
  )
  assert.deepEqual(
    bytes.buckets.slice(0, 3).map(({ upTo, count }) => [upTo, count]),
    [
      [1024, 0],
      [4096, 1],
      [16384, 1],
    ],
  )
})

test('a label that can be anything does not eat the memory, and what is dropped is counted', () => {
  const metrics = new Metrics()
  for (let n = 0; n < 6000; n += 1) metrics.count('lading_total', 1, { path: `/${n}` })
  metrics.count('lading_total', 1, { path: '/0' })
  const { counters, droppedSeries } = metrics.snapshot()
  assert.deepEqual([counters.length, droppedSeries], [5000, 1000])
  assert.equal(counters.find(({ labels: { path } }) => path === '/0')?.value, 2)
})

test('the recording telemetry keeps all that it is told, in order', () => {
  const telemetry = new MemoryTelemetry()
  const error = new Error('x')
  telemetry.debug('a')
  telemetry.info('b', { n: 1 })
  telemetry.warn('c')
  telemetry.error('d', error, { n: 2 })
  telemetry.count('lading_total', 2, { kind: 'x' })
  telemetry.count('lading_total')
  telemetry.observe('lading_seconds', 0.5)
  assert.deepEqual(telemetry.lines, [
    { level: 'debug', message: 'a', fields: {} },
    { level: 'info', message: 'b', fields: { n: 1 } },
    { level: 'warn', message: 'c', fields: {} },
    { level: 'error', message: 'd', fields: { n: 2 }, error },
  ])
  assert.deepEqual(telemetry.measures, [
    { kind: 'count', name: 'lading_total', value: 2, labels: { kind: 'x' } },
    { kind: 'count', name: 'lading_total', value: 1, labels: {} },
    { kind: 'observe', name: 'lading_seconds', value: 0.5, labels: {} },
  ])
  assert.deepEqual(
    [telemetry.counted('lading_total'), telemetry.counted('lading_total', { kind: 'x' })],
    [3, 2],
  )
})
