import assert from 'node:assert/strict'
import { append, insert, patch, remove } from '../change.ts'
import type { Snapshot, Store } from '../store.ts'
import { atOnce, ok, type StoreCase } from './harness.ts'
import { allOf, counter, counters, happening, happenings, item, items } from './sample.ts'

async function snapshotOf(store: Store): Promise<Snapshot> {
  assert.ok(store.snapshot !== undefined, 'the engine says that it can, and has no snapshot')
  return await store.snapshot()
}

/** One state, to be read while others are made. */
export const snapshots: readonly StoreCase[] = [
  {
    name: 'a snapshot has what was committed before it, by every way of reading, and nothing of later commits',
    snapshot: true,
    check: async ({ store, done }) => {
      const all = [1, 2, 3].map((n) => item(n, { body: Uint8Array.of(0, n), note: '\u{10000}', size: -n }))
      await done(...all.map((row) => insert(items, row)), append(happenings, happening('a', 1)))
      const rows = await allOf(store, items)
      await using snapshot = await snapshotOf(store)
      await done(
        remove(items, ['here', 'item-2']),
        patch(items, ['here', 'item-3'], { add: { score: 1 } }),
        insert(items, item(4)),
        insert(counters, counter('late')),
      )
      const { reads } = snapshot
      assert.deepEqual(await allOf(reads, items), rows)
      assert.deepEqual(await reads.get(items, ['here', 'item-3']), rows[2])
      assert.deepEqual(await reads.get(items, { unique: 'serial', values: [2] }), rows[1])
      assert.deepEqual(
        await reads.getMany(items, [
          ['here', 'item-4'],
          ['here', 'item-2'],
        ]),
        [undefined, rows[1]],
      )
      const { rows: bySize } = await reads.find(items, { index: 'bySize', limit: 10 })
      assert.deepEqual(bySize, rows.toReversed())
      assert.equal(await reads.get(counters, ['late']), undefined)
      assert.equal((await store.get(counters, ['late']))?.id, 'late')
    },
  },
  {
    name: 'a snapshot taken amid commits has all or nothing of each, and everything answered before it',
    snapshot: true,
    check: async ({ store, id, done }) => {
      await done(insert(counters, counter('a')), insert(counters, counter('b')))
      const step = (): Promise<unknown> =>
        store.commit(id(), [
          patch(counters, ['a'], { add: { n: 1 } }),
          patch(counters, ['b'], { add: { n: 1 } }),
        ])
      let answered = 0
      const writing = atOnce(40, async () => {
        assert.deepEqual(await step(), ok)
        answered++
      })
      await step()
      const before = answered + 1
      await using snapshot = await snapshotOf(store)
      await writing
      const [a, b] = await snapshot.reads.getMany(counters, [['a'], ['b']])
      assert.equal(a?.n, b?.n)
      assert.equal(a?.rev, b?.rev)
      assert.ok((a?.n ?? 0) >= before, `${a?.n} of at least ${before}`)
      assert.equal((await store.get(counters, ['a']))?.n, 41)
    },
  },
  {
    name: 'a snapshot gives as many bytes as it says, the same each time, and outlives neither its disposal nor its store',
    snapshot: true,
    check: async ({ store, done }) => {
      await done(insert(counters, counter('a')))
      const snapshot = await snapshotOf(store)
      const other = await snapshotOf(store)
      const [first, second] = [await joined(snapshot), await joined(snapshot)]
      assert.equal(first.length, snapshot.size)
      assert.ok(first.equals(second))
      assert.notEqual(snapshot.format, '')
      await other[Symbol.asyncDispose]()
      assert.equal((await snapshot.reads.get(counters, ['a']))?.id, 'a', 'the disposal of another one')
      await snapshot[Symbol.asyncDispose]()
      await assert.rejects(async () => await snapshot.reads.get(counters, ['a']))
      assert.equal((await store.get(counters, ['a']))?.id, 'a')
    },
  },
]

async function joined(snapshot: Snapshot): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of snapshot.bytes()) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}
