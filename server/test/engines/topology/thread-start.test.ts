import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { startTopology, topologySkip } from '../../kit/servers/topology.ts'
import { until } from '../../kit/until.ts'

const settings = { LADING_THREADS: '3', LADING_STORE_CONNECT_TIMEOUT: '1s' }

test('a database that goes away while threads start costs the process nothing: they come once it is back', {
  skip: topologySkip,
}, async () => {
  await using starting = await startWithoutDatabase()
  const { lading, spoilers } = starting
  const { pid } = lading
  await until(async () => lading.printed().includes('a thread waits for a server that is away'))
  assert.equal((await ask(lading.url, { path: '/healthz' })).status, 200)
  await spoilers.database.recover()
  await until(async () => lading.printed().includes('"threads":3'))
  await until(async () => (await ask(lading.url, { path: '/readyz' })).status === 200)
  assert.deepEqual([lading.isRunning, lading.pid], [true, pid])
  assert.equal((await lading.end('SIGTERM')).code, 0)
})

test('a process whose threads wait for the database ends when it is asked to', {
  skip: topologySkip,
}, async () => {
  await using starting = await startWithoutDatabase()
  const { lading } = starting
  await until(async () => lading.printed().includes('a thread waits for a server that is away'))
  const { signal, milliseconds } = await lading.end('SIGTERM')
  assert.equal(signal, null)
  assert.ok(milliseconds < 15_000, `it took ${milliseconds} ms`)
})

/** A process that listens; before its other threads do, the database goes away. */
async function startWithoutDatabase() {
  await using stack = new AsyncDisposableStack()
  const topology = stack.use(await startTopology({ processes: 1, spoilt: true, settings, started: false }))
  const { ladings, spoilers } = topology
  const [lading] = ladings
  assert.ok(lading && spoilers)
  await lading.start()
  await spoilers.database.cut()
  const all = stack.move()
  return { lading, spoilers, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
