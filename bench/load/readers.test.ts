import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abArgs, readAb } from './ab.ts'
import { readWrk, wrkArgs } from './wrk.ts'
import { goDurationMs, readZb, zbArgs } from './zb.ts'

const load = { url: 'http://127.0.0.1:1/v2/', connections: 32, seconds: 0.2, accept: 'a/b' }

const wrkPrinted = `Running 1s test @ http://127.0.0.1:1/v2/
  2 threads and 32 connections
  3616 requests in 1.02s, 1.72MB read
Requests/sec:   3539.36
Transfer/sec:      1.69MB
`

const abPrinted = `Concurrency Level:      4
Complete requests:      5234
Failed requests:        0
Keep-Alive requests:    5234
Requests per second:    5233.22 [#/sec] (mean)
`

test('wrk: its words and its rate', () => {
  assert.deepEqual(wrkArgs(load), ['-t2', '-c32', '-d1s', '-H', 'Accept: a/b', load.url])
  assert.equal(readWrk(wrkPrinted), 3539.36)
})

test('wrk: answers that were not good spoil the measurement', () => {
  const refused = wrkPrinted.replace('Requests/sec', '  Non-2xx or 3xx responses: 3616\nRequests/sec')
  assert.throws(() => readWrk(refused), /Non-2xx or 3xx responses: 3616/)
  const broken = wrkPrinted.replace(
    'Requests/sec',
    '  Socket errors: connect 0, read 9, write 0, timeout 0\nRequests/sec',
  )
  assert.throws(() => readWrk(broken), /read 9/)
  assert.throws(() => readWrk('Requests/sec:      0.00\n'), /counted nothing/)
})

test('ab: the time comes before the number of requests, which it would set', () => {
  const args = abArgs(load)
  assert.ok(args.indexOf('-t') < args.indexOf('-n'))
  assert.deepEqual(args.slice(-5), ['-c', '32', '-H', 'Accept: a/b', load.url])
  assert.equal(readAb(abPrinted), 5233.22)
})

test('ab: failures, refusals and connections that were not kept spoil the measurement', () => {
  assert.throws(
    () => readAb(abPrinted.replace('Failed requests:        0', 'Failed requests:        7')),
    /7/,
  )
  assert.throws(() => readAb(`${abPrinted}Non-2xx responses:      12\n`), /Non-2xx responses: 12/)
  const closing = abPrinted.replace('Keep-Alive requests:    5234', 'Keep-Alive requests:    0')
  assert.throws(() => readAb(closing), /0 of 5234/)
  assert.throws(() => readAb(''), /counted nothing/)
})

const zbPrinted = `Skipping test Get Catalog
============
Test name:            Push Monolith 1MB
Time taken for tests: 292.502755ms
Requests per second:  27.35017
Complete requests:    8
Failed requests:      0

2xx responses: 8

p50: 117.953431ms
p99: 1.186344212s
`

test('zb: its words, its rate and its p99', () => {
  const zbLoad = {
    url: 'http://127.0.0.1:1',
    test: 'Pull 1MB',
    clients: 4,
    requests: 8,
    workFolder: '/tmp/zb',
  }
  const words = ['-c', '4', '-n', '8', '-d', '/tmp/zb', '-t', '^Pull 1MB$', 'http://127.0.0.1:1']
  assert.deepEqual(zbArgs(zbLoad), words)
  assert.deepEqual(readZb(zbPrinted, 'Push Monolith 1MB'), { rate: 27.35017, p99Ms: 1186.344212 })
})

test('zb: another test, failures and nothing at all spoil the measurement', () => {
  assert.throws(() => readZb(zbPrinted, 'Pull 1MB'), /did not run Pull 1MB/)
  const failed = zbPrinted.replace('Failed requests:      0', 'Failed requests:      3')
  assert.throws(() => readZb(failed, 'Push Monolith 1MB'), /failed requests: 3/)
  assert.throws(() => readZb(zbPrinted.replace(/^p99.*$/m, ''), 'Push Monolith 1MB'), /counted nothing/)
})

test("Go's durations", () => {
  const read = ['1m2.5s', '87.202666ms', '5.5µs', '1h0m0s', '', '12', '3 s'].map(goDurationMs)
  assert.deepEqual(read, [62_500, 87.202666, 0.0055, 3_600_000, Number.NaN, Number.NaN, Number.NaN])
})
