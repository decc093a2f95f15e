import assert from 'node:assert/strict'
import { append, check, insert, patch, put, remove } from '../../../../src/ports/store/change.ts'
import { refusedForGood } from '../../../../src/ports/store/suite/harness.ts'
import {
  allOf,
  bare,
  counter,
  counters,
  entriesOf,
  happening,
  happenings,
  item,
  items,
} from '../../../../src/ports/store/suite/sample.ts'
import { done, flush, flushed, newId, type OverlayCase } from './overlay-case.ts'

/** What several changes of a row come to. */
export const netCases: readonly OverlayCase[] = [
  {
    name: 'nothing is in the base before the flush, and then all of it at the revision of the flush',
    check: async ({ base, sent, begin }) => {
      const before = await done(base, insert(counters, counter('a', 1)), insert(counters, counter('c', 1)))
      const tx = begin()
      await done(tx, insert(counters, counter('b', 2)), append(happenings, happening('b', 2)))
      await done(tx, patch(counters, ['a'], { add: { n: 1 } }), remove(counters, ['c']))
      assert.deepEqual(await allOf(base, counters), [
        { ...counter('a', 1), rev: before },
        { ...counter('c', 1), rev: before },
      ])
      assert.deepEqual(await entriesOf(base, happenings), [])
      const rev = await flushed(tx)
      assert.deepEqual(await allOf(base, counters), [
        { ...counter('a', 2), rev },
        { ...counter('b', 2), rev },
      ])
      assert.deepEqual(await entriesOf(base, happenings), [happening('b', 2)])
      assert.equal(sent.length, 1)
    },
  },
  {
    name: 'a transaction that came to nothing sends nothing',
    check: async ({ base, sent, begin }) => {
      await flushed(begin())
      const tx = begin()
      await done(tx, insert(counters, counter('a')))
      await done(tx, remove(counters, ['a']))
      await flushed(tx)
      assert.deepEqual([await allOf(base, counters), sent], [[], []])
    },
  },
  {
    name: 'insert and then changes are one insert of the last state',
    check: async ({ base, sent, begin }) => {
      const tx = begin()
      const rev = await done(tx, insert(counters, counter('a', 1)))
      await done(tx, put(counters, counter('a', 5), rev))
      await done(tx, patch(counters, ['a'], { add: { n: 2 }, when: { n: { eq: 5 } } }))
      await flushed(tx)
      assert.deepEqual(sent, [[insert(counters, counter('a', 7))]])
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 7)])
    },
  },
  {
    name: 'insert, remove and insert again is one insert',
    check: async ({ sent, begin }) => {
      const tx = begin()
      await done(tx, insert(counters, counter('a', 1)))
      await done(tx, remove(counters, ['a']))
      await done(tx, insert(counters, counter('a', 2)))
      await flushed(tx)
      assert.deepEqual(sent, [[insert(counters, counter('a', 2))]])
    },
  },
  {
    name: 'remove and then insert is a put at the revision of the base',
    check: async ({ base, sent, begin }) => {
      const rev = await done(base, insert(counters, counter('a', 1)))
      const tx = begin()
      await done(tx, remove(counters, ['a']))
      await done(tx, insert(counters, counter('a', 2)))
      await flushed(tx)
      assert.deepEqual(sent, [[put(counters, counter('a', 2), rev)]])
    },
  },
  {
    name: 'two puts are one, at the revision of the base',
    check: async ({ base, sent, begin }) => {
      const rev = await done(base, insert(counters, counter('a', 1)))
      const tx = begin()
      const second = await done(tx, put(counters, counter('a', 2), rev))
      assert.deepEqual(await tx.commit(newId(), [put(counters, counter('a', 9), rev)]), {
        ok: false,
        change: 0,
        why: 'rev',
      })
      await done(tx, put(counters, counter('a', 3), second))
      await flushed(tx)
      assert.deepEqual(sent, [[put(counters, counter('a', 3), rev)]])
    },
  },
  {
    name: 'a patch and then a put are a put, and a put and then a patch too',
    check: async ({ base, sent, begin }) => {
      const rev = await done(base, insert(counters, counter('a', 1)), insert(counters, counter('b', 1)))
      const tx = begin()
      const patched = await done(tx, patch(counters, ['a'], { add: { n: 1 } }))
      await done(tx, put(counters, { ...counter('a', 8), share: 0.5 }, patched))
      await done(tx, put(counters, counter('b', 3), rev))
      await done(tx, patch(counters, ['b'], { add: { n: 1 } }))
      await flushed(tx)
      assert.deepEqual(sent, [
        [put(counters, { ...counter('a', 8), share: 0.5 }, rev), put(counters, counter('b', 4), rev)],
      ])
    },
  },
  {
    name: 'changes and then a removal are a removal: at the revision where one was named, else blind',
    check: async ({ base, sent, begin }) => {
      const rev = await done(base, ...['a', 'b', 'c'].map((id) => insert(counters, counter(id, 5))))
      const tx = begin()
      const put1 = await done(tx, put(counters, counter('a', 2), rev))
      await done(tx, remove(counters, ['a'], { rev: put1 }))
      await done(tx, patch(counters, ['b'], { add: { n: 2 }, when: { n: { lte: 9 } } }))
      await done(tx, remove(counters, ['b'], { when: { n: { gte: 7 } } }))
      await done(tx, remove(counters, ['c'], { rev }))
      await flushed(tx)
      assert.deepEqual(sent, [
        [
          remove(counters, ['a'], { rev }),
          remove(counters, ['b'], { when: { n: { lte: 9, gte: 5 } } }),
          remove(counters, ['c'], { rev }),
        ],
      ])
      assert.deepEqual(await allOf(base, counters), [])
    },
  },
  {
    name: 'blind patches are one patch: additions summed, conditions moved back by them, what is set settled',
    check: async ({ base, sent, begin }) => {
      await done(base, insert(items, item(1, { size: 5, note: 'old' })), insert(counters, counter('a', 5)))
      const tx = begin()
      const key = ['here', 'item-1']
      await done(tx, patch(items, key, { add: { size: 3 }, when: { size: { gte: 1, lte: 90 } } }))
      await done(
        tx,
        patch(items, key, { add: { size: -2 }, set: { note: 'new' }, when: { size: { gte: 8 } } }),
      )
      await done(
        tx,
        patch(items, key, { set: { open: false }, when: { note: { eq: 'new' }, size: { lte: 99 } } }),
      )
      await done(tx, patch(counters, ['a'], { add: { n: 1 } }))
      await done(tx, patch(counters, ['a'], { set: { n: 20 }, when: { n: { eq: 6 } } }))
      await done(tx, patch(counters, ['a'], { add: { n: 4, share: 0.5 }, when: { n: { gte: 20 } } }))
      await flushed(tx)
      assert.deepEqual(sent, [
        [
          patch(items, key, {
            set: { note: 'new', open: false },
            add: { size: 1 },
            when: { size: { gte: 5, lte: 90 } },
          }),
          patch(counters, ['a'], { set: { n: 24 }, add: { share: 0.5 }, when: { n: { eq: 5 } } }),
        ],
      ])
      assert.deepEqual((await allOf(base, items)).map(bare), [item(1, { size: 6, note: 'new', open: false })])
      assert.deepEqual((await allOf(base, counters)).map(bare), [{ id: 'a', n: 24, share: 0.5 }])
    },
  },
  {
    name: 'what no single patch does to the last bit is a put: two additions to a real, sums and bounds out of range',
    check: async ({ base, sent, begin }) => {
      const most = Number.MAX_SAFE_INTEGER
      const rev = await done(
        base,
        insert(counters, { ...counter('a'), share: 0.3 }),
        insert(counters, counter('b', -most)),
        insert(counters, counter('c', 1)),
        insert(counters, { ...counter('d'), share: 0.3 }),
      )
      const tx = begin()
      for (const share of [0.1, 0.2]) await done(tx, patch(counters, ['a'], { add: { share } }))
      for (const n of [most, 1]) await done(tx, patch(counters, ['b'], { add: { n } }))
      await done(tx, patch(counters, ['c'], { add: { n: 1 } }))
      await done(tx, patch(counters, ['c'], { add: { n: 1 }, when: { n: { gte: -most } } }))
      await done(tx, patch(counters, ['d'], { add: { share: 0.1 } }))
      await done(tx, patch(counters, ['d'], { set: { n: 2 }, when: { share: { gte: 0.4 } } }))
      await flushed(tx)
      assert.deepEqual(sent, [
        [
          put(counters, { ...counter('a'), share: 0.3 + 0.1 + 0.2 }, rev),
          put(counters, counter('b', 1), rev),
          put(counters, counter('c', 3), rev),
          put(counters, { ...counter('d', 2), share: 0.4 }, rev),
        ],
      ])
      assert.equal((await allOf(base, counters)).length, 4)
    },
  },
  {
    name: 'a row that was only checked is checked again, and one that was checked and patched is put',
    check: async ({ base, sent, begin }) => {
      const rev = await done(base, insert(counters, counter('a', 1)), insert(counters, counter('b', 1)))
      const tx = begin({ watched: [] })
      await done(tx, check(counters, ['a'], rev), patch(counters, ['b'], { add: { n: 1 } }))
      const [, { rev: own } = { rev }] = await allOf(tx, counters)
      await done(tx, check(counters, ['b'], own))
      await flushed(tx)
      assert.deepEqual(sent, [[check(counters, ['a'], rev), put(counters, counter('b', 2), rev)]])
    },
  },
  {
    name: 'a unique key moves from row to row, in whatever order the rows came to be known',
    check: async ({ base, begin }) => {
      await done(base, ...[1, 2, 3, 4].map((n) => insert(items, item(n))))
      const tx = begin()
      const key = (n: number): string[] => ['here', `item-${n}`]
      await tx.getMany(items, [1, 2, 3, 4].map(key))
      const moved = async (n: number, label: string): Promise<void> => {
        await done(tx, patch(items, key(n), { set: { label } }))
      }
      await moved(4, 'free')
      await moved(3, 'label-4')
      await moved(1, 'label-3')
      await done(tx, remove(items, key(2)), insert(items, item(5, { label: 'label-1', serial: 2 })))
      assert.equal((await tx.get(items, { unique: 'label', values: ['here', 'label-3'] }))?.name, 'item-1')
      await flushed(tx)
      assert.deepEqual(
        (await allOf(base, items)).map(({ name, label, serial }) => [name, label, serial]),
        [
          ['item-1', 'label-3', 1],
          ['item-3', 'label-4', 3],
          ['item-4', 'free', 4],
          ['item-5', 'label-1', 2],
        ],
      )
    },
  },
  {
    name: 'unique keys handed on in a circle are refused at the flush, which no batch could say',
    check: async ({ base, sent, begin }) => {
      await done(base, insert(items, item(1)), insert(items, item(2)))
      const tx = begin()
      const label = (n: number, to: string): Promise<unknown> =>
        done(tx, patch(items, ['here', `item-${n}`], { set: { label: to } }))
      await label(1, 'free')
      await label(2, 'label-1')
      await label(1, 'label-2')
      await refusedForGood('a circle', () => flush(tx))
      assert.deepEqual(sent, [])
    },
  },
]
