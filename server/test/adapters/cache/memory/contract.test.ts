import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../../src/adapters/cache/memory/open-memory-cache.ts'
import { cacheContract } from '../../../../src/ports/cache/suite.ts'

const harness = { open: async (maxBytes: number) => openMemoryCache({ maxBytes }) }

for (const { name, run } of cacheContract(harness)) test(name, run)

test('a bound that is no whole number of at least 1 is refused', () => {
  for (const maxBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => openMemoryCache({ maxBytes }), RangeError)
    assert.throws(() => openMemoryCache({ maxBytes: 1, maxEntries: maxBytes }), RangeError)
    assert.throws(() => openMemoryCache({ maxBytes: 1, ttlMs: maxBytes }), RangeError)
  }
})

test('there are never more entries than their bound, and none is kept beyond its time', () => {
  let now = 0
  const cache = openMemoryCache({ maxBytes: 100, maxEntries: 2, ttlMs: 1_000, monotonic: () => now })
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1)
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => cache.get(key)),
    [undefined, 'b', 'c'],
  )
  now = 500
  cache.set('b', 'again', 1)
  now = 1_000
  assert.deepEqual([cache.get('b'), cache.get('c')], ['again', undefined])
  assert.deepEqual(cache.stats(), { entries: 1, bytes: 1, maxBytes: 100, hits: 3, misses: 2 })
})
