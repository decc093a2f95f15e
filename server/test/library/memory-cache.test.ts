import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from '../../src/library/engines/memory-cache.ts'
import { cacheContract } from '../../src/ports/cache/suite.ts'

describe('the cache that the library gives out', () => {
  for (const { name, run } of cacheContract({ open: async (maxBytes) => new MemoryCache({ maxBytes }) }))
    test(name, run)
})

test('a cache is bounded where nobody has said by how much', () => {
  assert.equal(new MemoryCache().stats().maxBytes, 16 * 1024 * 1024)
  assert.throws(() => new MemoryCache({ maxBytes: 0 }), RangeError)
})
