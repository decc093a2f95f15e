import assert from 'node:assert/strict'
import { insert, patch, remove } from '../change.ts'
import { getParts } from '../get-parts.ts'
import { storeLimits } from '../store.ts'
import { refusedForGood, type StoreCase } from './harness.ts'
import { bare, counter, counters, item, items } from './sample.ts'

/** One row, or many, by key. */
export const reading: readonly StoreCase[] = [
  {
    name: 'the store says what it can as its harness does',
    check: async ({ harness, store }) => assert.deepEqual({ ...store.can }, { ...harness.can }),
  },
  {
    name: 'get finds a row by its primary key and by each unique key',
    check: async ({ store, done }) => {
      const rev = await done(insert(items, item(1)), insert(items, item(2, { space: 'there' })))
      const second = { ...item(2, { space: 'there' }), rev }
      assert.deepEqual(await store.get(items, ['there', 'item-2']), second)
      assert.deepEqual(await store.get(items, { unique: 'serial', values: [2] }), second)
      assert.deepEqual(await store.get(items, { unique: 'label', values: ['there', 'label-2'] }), second)
      assert.equal(await store.get(items, { unique: 'label', values: ['here', 'label-2'] }), undefined)
      assert.equal(await store.get(items, ['here', 'item-2']), undefined)
    },
  },
  {
    name: 'get refuses a key of another shape, and a unique key that is not declared',
    check: async ({ store }) => {
      await refusedForGood('too few values', () => store.get(items, ['here']))
      await refusedForGood('too many values', () => store.get(items, ['here', 'a', 'b']))
      await refusedForGood('no values', () => store.get(items, []))
      await refusedForGood('another type', () => store.get(items, ['here', 1]))
      await refusedForGood('null', () => store.get(items, ['here', null]))
      await refusedForGood('unknown', () => store.get(items, { unique: 'toString', values: ['here'] }))
      await refusedForGood('shape', () => store.get(items, { unique: 'label', values: ['here'] }))
    },
  },
  {
    name: 'getMany answers in the order of its keys, undefined where missing, and a key twice if asked twice',
    check: async ({ store, done }) => {
      await done(...[1, 2, 3].map((n) => insert(items, item(n))))
      const names = ['item-3', 'none', 'item-1', 'item-3', 'item-2']
      const rows = await store.getMany(
        items,
        names.map((name) => ['here', name]),
      )
      assert.deepEqual(rows.map(bare), [item(3), undefined, item(1), item(3), item(2)])
      assert.deepEqual(await store.getMany(items, []), [])
    },
  },
  {
    name: 'parts of rows are their columns and revisions, in the order of the keys',
    check: async ({ store, done }) => {
      await done(...[1, 2].map((n) => insert(items, item(n))))
      const keys = ['item-2', 'none', 'item-1'].map((name) => ['here', name])
      const rows = await getParts(store, items, { keys, columns: ['size', 'name', 'open', 'seal', 'body'] })
      const whole = await store.getMany(items, keys)
      assert.deepEqual(
        rows.map((row) => row && [row.name, row.size, row.open, row.seal, row.body, row.rev]),
        whole.map((row) => row && [row.name, row.size, row.open, row.seal, row.body, row.rev]),
      )
      assert.equal(rows[1], undefined)
      assert.equal(rows[0]?.name, 'item-2')
      assert.deepEqual(await getParts(store, items, { keys: [], columns: ['name'] }), [])
      const many = Array.from({ length: storeLimits.keysPerGetMany + 1 }, (_, n) => ['here', `${n}`])
      await refusedForGood('1,001 keys', () => getParts(store, items, { keys: many, columns: ['name'] }))
      await refusedForGood('a key of another shape', () =>
        getParts(store, items, { keys: [['here']], columns: ['name'] }),
      )
    },
  },
  {
    name: 'getMany takes 1,000 keys and refuses 1,001',
    check: async ({ store, done }) => {
      await done(insert(counters, counter('7')))
      const keys = Array.from({ length: storeLimits.keysPerGetMany }, (_, n) => [`${n}`])
      const rows = await store.getMany(counters, keys)
      assert.equal(rows.length, 1000)
      assert.deepEqual(
        rows.flatMap((row, n) => (row === undefined ? [] : [n])),
        [7],
      )
      await refusedForGood('1,001 keys', () => store.getMany(counters, [...keys, ['more']]))
    },
  },
  {
    name: 'every read sees what was committed before it was asked',
    check: async ({ store, done }) => {
      for (let n = 1; n <= 20; n++) {
        await done(insert(counters, counter(`c${n}`, n)))
        assert.equal((await store.get(counters, [`c${n}`]))?.n, n)
        assert.equal((await store.getMany(counters, [[`c${n}`]]))[0]?.n, n)
        const { rows } = await store.find(counters, { index: 'byN', back: true, limit: 1 })
        assert.equal(rows[0]?.n, n)
        assert.equal(await store.count(counters, { index: 'key', upTo: 100 }), n)
      }
    },
  },
  {
    name: 'count counts an equality prefix and stops where it is told',
    check: async ({ store, done }) => {
      const rows = Array.from({ length: 30 }, (_, n) => item(n, { size: n % 3, open: n % 2 === 0 }))
      await done(...rows.map((row) => insert(items, row)))
      assert.equal(await store.count(items, { index: 'key', upTo: 1000 }), 30)
      assert.equal(await store.count(items, { index: 'bySize', eq: ['here', 1], upTo: 1000 }), 10)
      assert.equal(await store.count(items, { index: 'bySize', eq: ['there'], upTo: 1000 }), 0)
      assert.equal(await store.count(items, { index: 'byOpen', eq: [true], upTo: 1000 }), 15)
      assert.equal(await store.count(items, { index: 'byOpen', eq: [true], upTo: 7 }), 7)
      assert.equal(await store.count(items, { index: 'byOpen', eq: [true], upTo: 15 }), 15)
      await done(remove(items, ['here', 'item-0']), patch(items, ['here', 'item-1'], { set: { open: true } }))
      assert.equal(await store.count(items, { index: 'byOpen', eq: [false], upTo: 1000 }), 14)
      await refusedForGood('upTo 0', () => store.count(items, { index: 'key', upTo: 0 }))
      await refusedForGood('unknown index', () => store.count(items, { index: 'size', upTo: 1 }))
    },
  },
]
