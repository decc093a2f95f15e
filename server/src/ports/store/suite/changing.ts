import assert from 'node:assert/strict'
import { check, insert, patch, put, remove } from '../change.ts'
import type { BatchId } from '../store.ts'
import { ok, refusedForGood, type StoreCase } from './harness.ts'
import { allOf, bare, counter, counters, item, items } from './sample.ts'

/** One change at a time: what it does, and how its guard fails. */
export const changing: readonly StoreCase[] = [
  {
    name: 'insert keeps the row under its key, at a revision that is the batch id',
    check: async ({ store, done }) => {
      const rev = await done(insert(items, item(1)))
      assert.deepEqual(await store.get(items, ['here', 'item-1']), { ...item(1), rev })
      assert.equal(await store.get(items, ['here', 'item-2']), undefined)
    },
  },
  {
    name: 'insert fails as exists where the primary key is taken, and leaves the row as it was',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(items, item(1)))
      const outcome = await tried(insert(items, item(2, { name: 'item-1' })))
      assert.deepEqual(outcome, { ok: false, change: 0, why: 'exists' })
      assert.deepEqual(await allOf(store, items), [{ ...item(1), rev }])
    },
  },
  {
    name: 'insert fails as exists where a unique key is taken, and names it',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(items, item(1)))
      assert.deepEqual(await tried(insert(items, item(2, { serial: 1 }))), {
        ok: false,
        change: 0,
        why: 'exists',
        uniqueKey: 'serial',
      })
      assert.deepEqual(await tried(insert(items, item(2, { label: 'label-1' }))), {
        ok: false,
        change: 0,
        why: 'exists',
        uniqueKey: 'label',
      })
      assert.deepEqual(await allOf(store, items), [{ ...item(1), rev }])
      // All columns of a unique key make it, not each of them.
      assert.deepEqual(await tried(insert(items, item(2, { space: 'there', label: 'label-1' }))), ok)
    },
  },
  {
    name: 'put replaces the whole row at its revision and gives it a new one',
    check: async ({ store, done }) => {
      const first = await done(insert(items, item(1, { note: 'kept?', body: Uint8Array.of(9) })))
      const changed = item(7, { name: 'item-1', size: -3, open: false })
      const second = await done(put(items, changed, first))
      assert.notEqual(first, second)
      assert.deepEqual(await allOf(store, items), [{ ...changed, rev: second }])
    },
  },
  {
    name: 'put fails as rev at another revision and as missing without a row',
    check: async ({ store, done, tried, id }) => {
      const first = await done(insert(counters, counter('a', 1)))
      const second = await done(put(counters, counter('a', 2), first))
      for (const rev of [first, id()]) {
        assert.deepEqual(await tried(put(counters, counter('a', 3), rev)), {
          ok: false,
          change: 0,
          why: 'rev',
        })
      }
      assert.deepEqual(await tried(put(counters, counter('b', 3), second)), {
        ok: false,
        change: 0,
        why: 'missing',
      })
      assert.deepEqual(await allOf(store, counters), [{ ...counter('a', 2), rev: second }])
    },
  },
  {
    name: 'put and patch fail as exists where they would take the unique key of another row, and name it',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(items, item(1)), insert(items, item(2)))
      const before = await allOf(store, items)
      assert.deepEqual(await tried(put(items, item(1, { serial: 2 }), rev)), {
        ok: false,
        change: 0,
        why: 'exists',
        uniqueKey: 'serial',
      })
      assert.deepEqual(await tried(patch(items, ['here', 'item-1'], { set: { label: 'label-2' } })), {
        ok: false,
        change: 0,
        why: 'exists',
        uniqueKey: 'label',
      })
      assert.deepEqual(await allOf(store, items), before)
      // Its own values stand in nobody's way, and those it leaves are free.
      await done(put(items, item(1, { serial: 3 }), rev))
      await done(insert(items, item(4, { serial: 1 })))
      assert.equal((await store.get(items, { unique: 'serial', values: [1] }))?.name, 'item-4')
    },
  },
  {
    name: 'patch sets columns and adds to others, and leaves the rest as it was',
    check: async ({ store, done }) => {
      await done(insert(items, item(1, { note: 'old', size: 5, score: 1.5 })))
      const key = ['here', 'item-1']
      const rev = await done(
        patch(items, key, { set: { note: 'new', open: false }, add: { size: -7, score: 0.25 } }),
      )
      const expected = item(1, { note: 'new', open: false, size: -2, score: 1.75 })
      assert.deepEqual(await store.get(items, key), { ...expected, rev })
      const last = await done(patch(items, key, { set: { note: null, body: Uint8Array.of(0) } }))
      const emptied = { ...expected, note: null, body: Uint8Array.of(0) }
      assert.deepEqual(await store.get(items, key), { ...emptied, rev: last })
    },
  },
  {
    name: 'patch fails as missing without a row and as when where a condition does not hold',
    check: async ({ store, done, tried }) => {
      assert.deepEqual(await tried(patch(counters, ['a'], { add: { n: 1 } })), {
        ok: false,
        change: 0,
        why: 'missing',
      })
      const rev = await done(insert(counters, counter('a', 5)))
      for (const n of [{ eq: 4 }, { gte: 6 }, { lte: 4 }, { gte: 5, lte: 4 }, { gte: 6, lte: 9 }]) {
        const outcome = await tried(patch(counters, ['a'], { add: { n: 1 }, when: { n } }))
        assert.deepEqual(outcome, { ok: false, change: 0, why: 'when' }, JSON.stringify(n))
      }
      const two = await tried(
        patch(counters, ['a'], { add: { n: 1 }, when: { n: { eq: 5 }, share: { gte: 1 } } }),
      )
      assert.deepEqual(two, { ok: false, change: 0, why: 'when' })
      assert.deepEqual(await allOf(store, counters), [{ ...counter('a', 5), rev }])
    },
  },
  {
    name: 'conditions hold at their bounds, and speak of the row as it was before the change',
    check: async ({ store, done }) => {
      await done(insert(counters, counter('a', 5)))
      await done(patch(counters, ['a'], { add: { n: -5 }, when: { n: { gte: 5 } } }))
      await done(patch(counters, ['a'], { set: { n: 9 }, when: { n: { lte: 0 } } }))
      await done(patch(counters, ['a'], { add: { n: 1 }, when: { n: { eq: 9, gte: 9, lte: 9 } } }))
      assert.equal((await store.get(counters, ['a']))?.n, 10)
    },
  },
  {
    name: 'conditions compare every type: text by bytes, null equal to null alone',
    check: async ({ store, done, tried }) => {
      const key = ['here', 'item-1']
      const value = item(1, { label: '\uffff', seal: Uint8Array.of(1, 0), open: false, score: -0.5 })
      await done(insert(items, value))
      const touch = (when: NonNullable<Parameters<typeof patch<typeof value>>[2]['when']>) =>
        tried(patch(items, key, { when }))
      assert.deepEqual(await touch({ label: { lte: '\u{10000}', gte: '\uffff' } }), ok)
      assert.deepEqual(await touch({ seal: { gte: Uint8Array.of(1), lte: Uint8Array.of(1, 0) } }), ok)
      assert.deepEqual(await touch({ open: { eq: false, lte: true } }), ok)
      assert.deepEqual(await touch({ score: { gte: -0.75, lte: -0.25 } }), ok)
      assert.deepEqual(await touch({ note: { eq: null }, body: { eq: null } }), ok)
      const unmet = { ok: false, change: 0, why: 'when' }
      assert.deepEqual(await touch({ label: { gte: '\u{10000}' } }), unmet)
      assert.deepEqual(await touch({ seal: { eq: Uint8Array.of(1) } }), unmet)
      assert.deepEqual(await touch({ note: { eq: '' } }), unmet)
      assert.deepEqual(await touch({ note: { gte: '' } }), unmet)
      assert.deepEqual(await touch({ note: { lte: '\u{10ffff}' } }), unmet)
      assert.deepEqual(await touch({ label: { eq: '\uffff ' } }), unmet)
      assert.deepEqual(bare(await store.get(items, key)), value)
    },
  },
  {
    name: 'remove takes the row away, from every unique key and order too',
    check: async ({ store, done, tried }) => {
      await done(insert(items, item(1)), insert(items, item(2)))
      await done(remove(items, ['here', 'item-1']))
      assert.equal(await store.get(items, ['here', 'item-1']), undefined)
      assert.equal(await store.get(items, { unique: 'serial', values: [1] }), undefined)
      for (const index of ['key', 'bySize', 'byOpen']) {
        const { rows } = await store.find(items, { index, limit: 10 })
        assert.deepEqual(rows.map(bare), [item(2)])
      }
      assert.deepEqual(await tried(remove(items, ['here', 'item-1'])), {
        ok: false,
        change: 0,
        why: 'missing',
      })
    },
  },
  {
    name: 'remove is guarded by revision and by conditions',
    check: async ({ store, done, tried, id }) => {
      const rev = await done(insert(counters, counter('a', 1)))
      assert.deepEqual(await tried(remove(counters, ['a'], { rev: id() })), {
        ok: false,
        change: 0,
        why: 'rev',
      })
      assert.deepEqual(await tried(remove(counters, ['a'], { when: { n: { eq: 0 } } })), {
        ok: false,
        change: 0,
        why: 'when',
      })
      const half = await tried(remove(counters, ['a'], { rev, when: { n: { eq: 0 } } }))
      assert.deepEqual(half, { ok: false, change: 0, why: 'when' })
      assert.deepEqual(await allOf(store, counters), [{ ...counter('a', 1), rev }])
      await done(remove(counters, ['a'], { rev, when: { n: { lte: 1 } } }))
      assert.deepEqual(await allOf(store, counters), [])
    },
  },
  {
    name: 'check holds at the revision, fails as rev or missing otherwise, and changes nothing',
    check: async ({ store, done, tried, id }) => {
      const rev = await done(insert(counters, counter('a', 1)))
      await done(check(counters, ['a'], rev), insert(counters, counter('b')))
      assert.deepEqual(await store.get(counters, ['a']), { ...counter('a', 1), rev })
      assert.deepEqual(await tried(insert(counters, counter('c')), check(counters, ['a'], id())), {
        ok: false,
        change: 1,
        why: 'rev',
      })
      assert.deepEqual(await tried(insert(counters, counter('c')), check(counters, ['z'], rev)), {
        ok: false,
        change: 1,
        why: 'missing',
      })
      assert.equal(await store.get(counters, ['c']), undefined)
    },
  },
  {
    name: 'a revision never comes back: not by patch, not by remove and insert of the same row',
    check: async ({ store, done, tried }) => {
      const revs: BatchId[] = [await done(insert(counters, counter('a')))]
      revs.push(await done(patch(counters, ['a'], { set: { n: 0 } })))
      revs.push(await done(remove(counters, ['a']), insert(counters, counter('b'))))
      revs.push(await done(insert(counters, counter('a'))))
      assert.equal((await store.get(counters, ['a']))?.rev, revs[3])
      assert.equal(new Set(revs).size, 4)
      for (const rev of revs.slice(0, 3)) {
        const outcome = await tried(put(counters, counter('a', 9), rev))
        assert.deepEqual(outcome, { ok: false, change: 0, why: 'rev' })
      }
    },
  },
  {
    name: 'a patch may name neither the key nor an addition to what is no number, may be null, or is of a key',
    check: async ({ store, done, tried }) => {
      await done(insert(items, item(1)))
      const key = ['here', 'item-1']
      const before = await allOf(store, items)
      const wrong = [
        { set: { name: 'other' } },
        { add: { label: 1 } },
        { add: { open: 1 } },
        { add: { body: 1 } },
        { add: { serial: 1 } },
        { add: { size: 0.5 } },
        { add: { size: Number.NaN } },
        { add: { unheard: 1 } },
        { set: { size: 1 }, add: { size: 1 } },
        { set: { size: undefined as unknown as number } },
        { when: { unheard: { eq: 1 } } },
        { when: { size: { above: 1 } } as never },
        { when: { note: { gte: null } } },
      ]
      for (const each of wrong) {
        await refusedForGood(JSON.stringify(each), () => tried(patch(items, key, each)))
      }
      assert.deepEqual(await allOf(store, items), before)
    },
  },
]
