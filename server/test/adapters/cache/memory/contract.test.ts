import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../../src/adapters/cache/memory/open-memory-cache.ts'
import { cacheContract } from '../../../../src/ports/cache/suite.ts'

const harness = { open: async (maxBytes: number) => openMemoryCache({ maxBytes }) }

for (const { name, run } of cacheContract(harness)) test(name, run)

test('a bound that is no whole number of at least 1 is refused', () => {
  for (const maxBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => openMemoryCache({ maxBytes }), RangeError)
  }
})
