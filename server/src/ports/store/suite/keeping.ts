import assert from 'node:assert/strict'
import { append, insert, patch, remove } from '../change.ts'
import { atOnce, ok, refusedForGood, type StoreCase } from './harness.ts'
import { allOf, bare, counter, counters, entriesOf, happening, happenings, item, items } from './sample.ts'

/** What outlives a store, and how one ends. */
export const keeping: readonly StoreCase[] = [
  {
    name: 'what was committed is there when the data is opened again: rows, revisions, orders, entries',
    durable: true,
    check: async ({ store, done, reopen }) => {
      const all = [1, 2, 3].map((n) =>
        item(n, { body: Uint8Array.of(0, n), note: '\u{10000}', size: -n, open: n === 2 }),
      )
      await done(...all.map((row) => insert(items, row)), append(happenings, happening('a', 1)))
      await done(remove(items, ['here', 'item-2']), patch(items, ['here', 'item-3'], { add: { score: 1 } }))
      const rows = await allOf(store, items)
      assert.deepEqual(rows.map(bare), [all[0], { ...all[2], score: 1.5 }])
      const again = await reopen()
      assert.deepEqual(await allOf(again, items), rows)
      const { rows: bySize } = await again.find(items, { index: 'bySize', limit: 10 })
      assert.deepEqual(bySize, rows.toReversed())
      assert.deepEqual(await again.get(items, { unique: 'serial', values: [3] }), rows[1])
      assert.deepEqual(await entriesOf(again, happenings), [happening('a', 1)])
    },
  },
  {
    name: 'ids, positions and cursors mean the same when the data is opened again',
    durable: true,
    check: async ({ store, id, done, reopen }) => {
      await done(...['a', 'b', 'c'].map((name) => insert(counters, counter(name))))
      const batch = id()
      const changes = [patch(counters, ['a'], { add: { n: 1 } }), append(happenings, happening('a', 1))]
      assert.deepEqual(await store.commit(batch, changes), ok)
      const { next } = await store.find(counters, { index: 'key', limit: 1 })
      assert.ok(next !== undefined)
      const [entry] = (await store.tail(happenings, undefined, 1)).entries
      const again = await reopen()
      assert.deepEqual(await again.commit(batch, changes), ok)
      assert.equal((await again.get(counters, ['a']))?.n, 1)
      assert.deepEqual((await again.tail(happenings, undefined, 10)).entries, [entry])
      assert.deepEqual(await again.commit(id(), [append(happenings, happening('a', 2))]), ok)
      const [later, ...none] = (await again.tail(happenings, entry?.at, 10)).entries
      assert.deepEqual([later?.row.n, none], [2, []])
      const { rows } = await again.find(counters, { index: 'key', limit: 10, after: next })
      assert.deepEqual(
        rows.map((row) => row.id),
        ['b', 'c'],
      )
    },
  },
  {
    name: 'close may be called again and at once; every later call is refused',
    check: async ({ store, id, done }) => {
      await done(insert(counters, counter('a')))
      await Promise.all([store.close(), store.close()])
      await store.close()
      await refusedForGood('get', () => store.get(counters, ['a']))
      await refusedForGood('getMany', () => store.getMany(counters, [['a']]))
      await refusedForGood('find', () => store.find(counters, { index: 'key', limit: 1 }))
      await refusedForGood('count', () => store.count(counters, { index: 'key', upTo: 1 }))
      await refusedForGood('tail', () => store.tail(happenings, undefined, 1))
      await refusedForGood('commit', () => store.commit(id(), [insert(counters, counter('b'))]))
    },
  },
  {
    name: 'close waits for what is under way',
    check: async ({ store, tried, done }) => {
      await done(insert(counters, counter('a')))
      const commits = atOnce(20, (n) => tried(insert(counters, counter(`c${n}`))))
      const reads = atOnce(4, () => store.find(counters, { index: 'key', eq: ['a'], limit: 5 }))
      await store.close()
      assert.deepEqual(await commits, Array(20).fill(ok))
      for (const { rows } of await reads) assert.equal(rows.length, 1)
    },
  },
]
