import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import type { Cache } from './cache.ts'

export interface CacheHarness {
  /** An empty tier that holds `maxBytes`. */
  open(maxBytes: number): Promise<Cache>
}

/** What every tier that answers at once must do. */
export function cacheContract(harness: CacheHarness): ContractCase[] {
  return cases.map(({ name, check }) => ({ name, run: async () => check(await harness.open(100)) }))
}

/** Each gets a tier of 100 bytes. */
const cases: readonly { readonly name: string; check(cache: Cache): void }[] = [
  {
    name: 'get answers the very value that was set last, of whatever type',
    check: (cache) => {
      const values: unknown[] = [{ a: 1 }, [1], new Uint8Array([1]), 'text', '', 0, false, null]
      for (const [n, value] of values.entries()) cache.set(`key ${n}`, value, 1)
      for (const [n, value] of values.entries()) assert.equal(cache.get(`key ${n}`), value)
      cache.set('key 0', 'second', 1)
      assert.equal(cache.get('key 0'), 'second')
      assert.equal(cache.stats().entries, values.length)
    },
  },
  {
    name: 'a key that was never set, was deleted or was cleared is a miss',
    check: (cache) => {
      assert.equal(cache.get('never'), undefined)
      cache.set('one', 1, 10)
      cache.set('two', 2, 10)
      cache.delete('one')
      cache.delete('never')
      assert.equal(cache.get('one'), undefined)
      assert.equal(cache.get('two'), 2)
      cache.clear()
      assert.equal(cache.get('two'), undefined)
      assert.deepEqual(cache.stats(), { entries: 0, bytes: 0, maxBytes: 100, hits: 1, misses: 3 })
    },
  },
  {
    name: 'names of members of an object are keys like others',
    check: (cache) => {
      for (const key of ['__proto__', 'constructor', 'toString', '', '\u{1f4e6}', 'a'.repeat(1000)]) {
        assert.equal(cache.get(key), undefined)
        cache.set(key, key, 1)
        assert.equal(cache.get(key), key)
      }
    },
  },
  {
    name: 'the cost of what is kept is counted, and never over the bound',
    check: (cache) => {
      cache.set('a', 'a', 40)
      cache.set('b', 'b', 60)
      assert.deepEqual(cache.stats(), { entries: 2, bytes: 100, maxBytes: 100, hits: 0, misses: 0 })
      cache.set('a', 'smaller', 1)
      assert.equal(cache.stats().bytes, 61)
      for (let n = 0; n < 500; n += 1) {
        cache.set(`key ${n}`, n, (n % 37) + 1)
        assert.ok(cache.stats().bytes <= 100, `${cache.stats().bytes} bytes`)
      }
      assert.ok(cache.stats().bytes > 60, 'more was forgotten than was needed')
    },
  },
  {
    name: 'what was not used longest goes first; a get is a use',
    check: (cache) => {
      for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key, 25)
      assert.equal(cache.get('a'), 'a')
      cache.set('e', 'e', 50)
      const kept = ['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key) !== undefined)
      assert.deepEqual(kept, ['a', 'd', 'e'])
    },
  },
  {
    name: 'an entry over the bound is not kept, pushes nothing out, and leaves no older value under its key',
    check: (cache) => {
      cache.set('small', 'small', 10)
      cache.set('grows', 'before', 10)
      cache.set('grows', 'after', 101)
      cache.set('new', 'new', 101)
      assert.equal(cache.get('grows'), undefined)
      assert.equal(cache.get('new'), undefined)
      assert.equal(cache.get('small'), 'small')
      cache.set('small', 'whole', 100)
      assert.equal(cache.get('small'), 'whole')
    },
  },
  {
    name: 'an entry costs at least 1, so that the number of entries is bounded too',
    check: (cache) => {
      for (let n = 0; n < 1000; n += 1) cache.set(`key ${n}`, n, 0)
      assert.deepEqual(cache.stats(), { entries: 100, bytes: 100, maxBytes: 100, hits: 0, misses: 0 })
    },
  },
  {
    name: 'hits and misses are counted',
    check: (cache) => {
      cache.set('a', null, 1)
      for (const key of ['a', 'a', 'b']) cache.get(key)
      assert.deepEqual(cache.stats(), { entries: 1, bytes: 1, maxBytes: 100, hits: 2, misses: 1 })
    },
  },
]
