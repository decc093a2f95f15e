import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configOfThread } from '../../src/boot/thread-count.ts'
import type { Config } from '../../src/config/config.ts'

const mib = 1024 * 1024

function shares(threads: number, heldBodyBytes: number): unknown[] {
  const limits = { connections: 10, manifestBytes: 8 * mib, heldBodyBytes, pageSize: 7 }
  const config = { data: '/data', cache: { bytes: 100 }, limits } as unknown as Config
  const { data, cache, limits: own } = configOfThread(config, threads)
  return [data, cache.bytes, own.connections, own.heldBodyBytes / mib, own.pageSize]
}

test('each thread has its share of what the process may use, and room for the largest manifest', () => {
  assert.deepEqual(shares(1, 60 * mib), ['/data', 100, 10, 60, 7])
  assert.deepEqual(shares(3, 60 * mib), ['/data', 33, 4, 20, 7])
  assert.deepEqual(shares(4, 16 * mib), ['/data', 25, 3, 8, 7])
})
