import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { configOfThread, passwordBounds, threadCount } from '../../src/boot/threads/thread-count.ts'
import { loadConfig } from '../../src/config/load-config.ts'

function configOf(env: Record<string, string>): Parameters<typeof threadCount>[0] {
  const readFile = (): never => {
    throw Object.assign(new Error('there is no file'), { code: 'ENOENT' })
  }
  const loaded = loadConfig({ flags: {}, env, cwd: '/here', readFile })
  assert.ok(!('mistakes' in loaded))
  return loaded.config
}

test('as many threads as are set, else as the machine has cores, at most four; where ports are not shared, one', () => {
  const shared = process.platform === 'linux' || process.platform === 'freebsd'
  assert.equal(threadCount(configOf({})), shared ? Math.min(availableParallelism(), 4) : 1)
  assert.equal(threadCount(configOf({ LADING_THREADS: '7' })), shared ? 7 : 1)
  assert.equal(threadCount(configOf({ LADING_THREADS: '1' })), 1)
})

test('threads divide among them what is set for the process', () => {
  const config = configOf({ LADING_CACHE_BYTES: '100 MiB', LADING_LIMITS_CONNECTIONS: '1000' })
  assert.equal(configOfThread(config, 1), config)
  const part = configOfThread(config, 3)
  assert.equal(part.cache.bytes, Math.floor((100 * 1024 * 1024) / 3))
  assert.equal(part.limits.connections, 334)
  assert.equal(part.store.connections, 6)
  const { cache, limits, store } = config
  assert.deepEqual({ ...part, cache, limits, store }, config)
  assert.deepEqual([1, 2, 4].map(passwordBounds), [
    { width: 2, queue: 64 },
    { width: 1, queue: 32 },
    { width: 1, queue: 16 },
  ])
})
