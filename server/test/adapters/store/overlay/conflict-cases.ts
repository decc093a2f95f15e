import assert from 'node:assert/strict'
import { append, insert, patch, put, remove } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { type BatchId, type Change, storeLimits } from '../../../../src/ports/store/store.ts'
import { atOnce, ok, refusedForGood } from '../../../../src/ports/store/suite/harness.ts'
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

const conflict = { ok: false, why: 'conflict', table: 'counters' } as const

/** What others do meanwhile, and how a transaction ends. */
export const conflictCases: readonly OverlayCase[] = [
  {
    name: 'a row that was read and that somebody else has changed is a conflict, and nothing is written',
    check: async ({ base, begin }) => {
      await done(base, insert(counters, counter('a', 1)))
      for (const read of ['get', 'getMany'] as const) {
        const tx = begin()
        if (read === 'get') await tx.get(counters, ['a'])
        else await tx.getMany(counters, [['b'], ['a']])
        await done(tx, insert(counters, counter('new')), append(happenings, happening('new', 1)))
        await done(base, patch(counters, ['a'], { add: { n: 1 } }))
        assert.deepEqual(await flush(tx), { ...conflict, key: ['a'], guard: 'rev' })
      }
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 3)])
      assert.deepEqual(await entriesOf(base, happenings), [])
    },
  },
  {
    name: 'a row that was found by a unique key and has changed is a conflict, one that has gone too',
    check: async ({ base, begin }) => {
      await done(base, insert(items, item(1)), insert(items, item(2)))
      const changes = [
        patch(items, ['here', 'item-1'], { set: { serial: 7 } }),
        remove(items, ['here', 'item-2']),
      ]
      for (const [at, guard] of (['rev', 'missing'] as const).entries()) {
        const tx = begin()
        const found = await tx.get(items, { unique: 'serial', values: [at + 1] })
        assert.equal(found?.name, `item-${at + 1}`)
        await done(base, changes[at] as Change)
        assert.deepEqual(await flush(tx), {
          ok: false,
          why: 'conflict',
          table: 'items',
          key: ['here', `item-${at + 1}`],
          guard,
        })
      }
    },
  },
  {
    name: 'a row, or a unique key, that was read as absent and is there by now is a conflict',
    check: async ({ base, begin }) => {
      const tx = begin()
      assert.equal(await tx.get(counters, ['a']), undefined)
      await done(base, insert(counters, counter('a')))
      assert.equal(await tx.get(counters, ['a']), undefined)
      assert.deepEqual(await flush(tx), { ...conflict, key: ['a'], guard: 'exists' })
      const other = begin()
      const key = { unique: 'serial', values: [1] }
      assert.equal(await other.get(items, key), undefined)
      await done(base, insert(items, item(1)))
      assert.equal(await other.get(items, key), undefined)
      const exists = { ok: false, why: 'conflict', table: 'items', guard: 'exists', uniqueKey: 'serial' }
      assert.deepEqual(await flush(other), { ...exists, key: [1] })
    },
  },
  {
    name: 'what was read as absent and then inserted is guarded by the insert',
    check: async ({ base, begin }) => {
      const tx = begin()
      await tx.get(counters, ['a'])
      await tx.get(items, { unique: 'serial', values: [1] })
      await done(tx, insert(counters, counter('a', 1)), insert(items, item(1)))
      await flushed(tx)
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 1)])
      assert.deepEqual((await allOf(base, items)).map(bare), [item(1)])
      // What was read as free is free until the flush, so that who tries again does not do so for ever.
      const beaten = begin()
      await beaten.get(items, { unique: 'serial', values: [5] })
      await done(base, insert(items, item(4, { serial: 5 })))
      await done(beaten, insert(items, item(5)))
      const taken = { ok: false, why: 'conflict', table: 'items', guard: 'exists', uniqueKey: 'serial' }
      assert.deepEqual(await flush(beaten), { ...taken, key: ['here', 'item-5'] })
      const late = begin()
      await done(late, insert(items, item(2)))
      await done(base, insert(items, item(3, { serial: 2 })))
      assert.deepEqual(await flush(late), {
        ok: false,
        why: 'conflict',
        table: 'items',
        key: ['here', 'item-2'],
        guard: 'exists',
        uniqueKey: 'serial',
      })
    },
  },
  {
    name: 'a row is what it was when it was first read, by every way of reading, though somebody else changes it',
    check: async ({ base, begin }) => {
      await done(base, insert(items, item(1, { size: 1 })), insert(items, item(2, { size: 2 })))
      const tx = begin()
      const key = ['here', 'item-1']
      const first = await tx.get(items, key)
      await done(base, patch(items, key, { set: { serial: 9, size: 3 } }), remove(items, ['here', 'item-2']))
      assert.deepEqual(await tx.get(items, key), first)
      assert.deepEqual(await tx.getMany(items, [key, ['here', 'item-2']]), [first, undefined])
      assert.deepEqual(await tx.get(items, { unique: 'serial', values: [1] }), first)
      assert.equal(await tx.get(items, { unique: 'serial', values: [9] }), undefined)
      const { rows } = await tx.find(items, { index: 'bySize', limit: 10 })
      assert.deepEqual(rows, [first])
      assert.equal(await tx.count(items, { index: 'bySize', eq: ['here', 1], upTo: 9 }), 1)
      assert.equal(await tx.count(items, { index: 'bySize', eq: ['here', 3], upTo: 9 }), 0)
      assert.deepEqual(
        await tx.commit(newId(), [put(items, item(1), (await base.get(items, key))?.rev as BatchId)]),
        {
          ok: false,
          change: 0,
          why: 'rev',
        },
      )
    },
  },
  {
    name: 'of a table that is not watched, what is read is as new as the base and is not checked',
    check: async ({ base, sent, begin }) => {
      await done(base, insert(counters, counter('a', 1)))
      const tx = begin({ watched: [] })
      const free = { unique: 'serial', values: [1] }
      assert.equal(await tx.get(items, free), undefined)
      await done(base, insert(items, item(1)))
      assert.equal((await tx.get(items, free))?.name, 'item-1')
      assert.equal((await tx.get(counters, ['a']))?.n, 1)
      assert.equal(await tx.get(counters, ['b']), undefined)
      await done(base, patch(counters, ['a'], { add: { n: 1 } }), insert(counters, counter('b', 7)))
      assert.equal((await tx.get(counters, ['a']))?.n, 2)
      assert.deepEqual((await tx.getMany(counters, [['b']])).map(bare), [counter('b', 7)])
      await done(tx, patch(counters, ['a'], { add: { n: 5 } }))
      await tx.get(counters, ['a'])
      await done(base, patch(counters, ['a'], { add: { n: 1 } }))
      await flushed(tx)
      assert.deepEqual(sent, [[patch(counters, ['a'], { set: {}, add: { n: 5 }, when: {} })]])
      assert.equal((await base.get(counters, ['a']))?.n, 8)
    },
  },
  {
    name: 'two transactions that both add to a counter are both written, and so is a bound that still holds',
    check: async ({ base, begin }) => {
      await done(base, insert(counters, counter('a', 0)))
      const transactions = [begin(), begin()]
      const add = (n: number): Change => patch(counters, ['a'], { add: { n }, when: { n: { lte: 10 - n } } })
      for (const tx of transactions) {
        await done(tx, add(2))
        await done(tx, add(3))
      }
      for (const tx of transactions) await flushed(tx)
      assert.equal((await base.get(counters, ['a']))?.n, 10)
      // Each alone would have had room.
      const [one, other] = [begin(), begin()]
      const take = patch(counters, ['a'], { add: { n: -6 }, when: { n: { gte: 6 } } })
      await done(one, take)
      await done(other, take)
      await flushed(one)
      assert.deepEqual(await flush(other), { ...conflict, key: ['a'], guard: 'when' })
      assert.equal((await base.get(counters, ['a']))?.n, 4)
    },
  },
  {
    name: 'a put that rests on a row as the transaction has patched it does not undo what somebody else has done to it',
    check: async ({ base, begin }) => {
      await done(base, insert(counters, counter('a', 1)))
      const tx = begin({ watched: [] })
      await done(tx, patch(counters, ['a'], { add: { n: 1 } }))
      await done(base, patch(counters, ['a'], { add: { n: 100 } }))
      const seen = await tx.get(counters, ['a'])
      assert.equal(seen?.n, 2)
      await done(tx, put(counters, counter('a', 3), seen?.rev))
      assert.deepEqual(await flush(tx), { ...conflict, key: ['a'], guard: 'rev' })
      assert.equal((await base.get(counters, ['a']))?.n, 101)
    },
  },
  {
    name: 'an absence that a change found is a conflict once it is over, though nothing of the change is left',
    check: async ({ base, begin }) => {
      const row = begin()
      await done(row, insert(counters, counter('a')))
      await done(row, remove(counters, ['a']))
      await done(base, insert(counters, counter('a', 1)))
      assert.deepEqual(await flush(row), { ...conflict, key: ['a'], guard: 'exists' })
      const key = begin({ watched: [] })
      await done(key, insert(items, item(1, { serial: 7 })))
      await done(key, patch(items, ['here', 'item-1'], { set: { serial: 1 } }))
      await done(base, insert(items, item(2, { serial: 7 })))
      const exists = {
        ok: false,
        why: 'conflict',
        table: 'items',
        guard: 'exists',
        uniqueKey: 'serial',
        key: [7],
      }
      assert.deepEqual(await flush(key), exists)
      // Here a row takes it in the end, which another row of the transaction gives up.
      const both = begin()
      await done(both, insert(items, item(3, { serial: 8 })))
      await done(base, patch(items, ['here', 'item-2'], { set: { serial: 8 } }))
      await done(both, patch(items, ['here', 'item-2'], { set: { serial: 9 } }))
      assert.deepEqual(await flush(both), { ...exists, key: [8] })
      assert.deepEqual((await allOf(base, items)).map(bare), [item(2, { serial: 8 })])
    },
  },
  {
    name: 'rows of different times of the base may seem to share a unique key, and are changed nevertheless',
    check: async ({ base, begin }) => {
      await done(base, insert(items, item(1)), insert(items, item(2)))
      const tx = begin({ watched: [] })
      const add = (n: number): Promise<unknown> =>
        done(tx, patch(items, ['here', `item-${n}`], { add: { size: 1 } }))
      await add(1)
      await done(base, patch(items, ['here', 'item-1'], { set: { label: 'moved' } }))
      await done(base, patch(items, ['here', 'item-2'], { set: { label: 'label-1' } }))
      await add(2)
      await add(2)
      await add(1)
      await flushed(tx)
      assert.deepEqual((await allOf(base, items)).map(bare), [
        item(1, { label: 'moved', size: 12 }),
        item(2, { label: 'label-1', size: 12 }),
      ])
    },
  },
  {
    name: 'a batch that is refused for a sum out of range leaves nothing, and a guard that fails before it counts',
    check: async ({ base, begin }) => {
      await done(base, insert(items, item(1)), insert(counters, counter('a', Number.MAX_SAFE_INTEGER)))
      const tx = begin({ watched: [] })
      const beyond = patch(counters, ['a'], { add: { n: 1 } })
      await refusedForGood('a sum', () => tx.commit(newId(), [insert(items, item(2)), beyond]))
      assert.deepEqual((await allOf(tx, items)).map(bare), [item(1)])
      const taken = await tx.commit(newId(), [insert(items, item(3, { serial: 1 })), beyond])
      assert.deepEqual(taken, { ok: false, change: 0, why: 'exists', uniqueKey: 'serial' })
      await done(tx, insert(items, item(2)))
      await flushed(tx)
      assert.deepEqual((await allOf(base, items)).map(bare), [item(1), item(2)])
    },
  },
  {
    name: 'of 1,000 changes a flush is well, of 1,001 too large, and nothing was sent',
    check: async ({ base, sent, begin }) => {
      const many = (from: number, length: number): Change[] =>
        Array.from({ length }, (_, n) => insert(counters, counter(`c${from + n}`)))
      const tx = begin()
      await done(tx, ...many(0, 600))
      await done(tx, ...many(600, 400))
      await flushed(tx)
      assert.equal(await base.count(counters, { index: 'key', upTo: 5000 }), 1000)
      const more = begin()
      await done(more, ...many(2000, 1000))
      await more.get(counters, ['c1'])
      const outcome = await flush(more)
      assert.equal(storeLimits.changesPerBatch, 1000)
      assert.deepEqual(
        [outcome.ok, 'why' in outcome && outcome.why, 'changes' in outcome && outcome.changes],
        [false, 'too-large', 1001],
      )
      assert.equal(sent.length, 1)
      assert.equal(await base.count(counters, { index: 'key', upTo: 5000 }), 1000)
    },
  },
  {
    name: 'more than 4 MiB are too large',
    check: async ({ base, sent, begin }) => {
      const tx = begin()
      const body = new Uint8Array(1_400_000)
      for (const n of [1, 2, 3]) await done(tx, insert(items, item(n, { body })))
      const outcome = await flush(tx)
      assert.ok(!outcome.ok && outcome.why === 'too-large')
      assert.ok(
        outcome.bytes > storeLimits.bytesPerBatch && outcome.bytes < storeLimits.bytesPerBatch + 10_000,
      )
      assert.deepEqual([outcome.changes, sent, await allOf(base, items)], [3, [], []])
    },
  },
  {
    name: 'after a flush, whatever it answered, and after a discard every call is refused',
    check: async ({ base, begin }) => {
      await done(base, insert(counters, counter('a', 1)))
      const won = begin()
      await flushed(won)
      const lost = begin()
      await lost.get(counters, ['a'])
      await done(base, patch(counters, ['a'], { add: { n: 1 } }))
      await flush(lost)
      const dropped = begin()
      await done(dropped, insert(counters, counter('b')))
      await dropped.discard()
      for (const tx of [won, lost, dropped]) {
        await refusedForGood('get', () => tx.get(counters, ['a']))
        await refusedForGood('getMany', () => tx.getMany(counters, [['a']]))
        await refusedForGood('find', () => tx.find(counters, { index: 'key', limit: 1 }))
        await refusedForGood('count', () => tx.count(counters, { index: 'key', upTo: 1 }))
        await refusedForGood('tail', () => tx.tail(happenings, undefined, 1))
        await refusedForGood('commit', () => tx.commit(newId(), [insert(counters, counter('c'))]))
        await refusedForGood('flush', () => flush(tx))
        await tx.discard()
      }
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 2)])
    },
  },
  {
    name: 'a flush waits for the commits under way, and takes no others',
    check: async ({ base, begin }) => {
      await done(base, insert(counters, counter('a')))
      const tx = begin()
      const under = atOnce(20, () => tx.commit(newId(), [patch(counters, ['a'], { add: { n: 1 } })]))
      const flushing = flushed(tx)
      await refusedForGood('commit', () => tx.commit(newId(), []))
      await refusedForGood('a second flush', () => flush(tx))
      await flushing
      assert.deepEqual(await under, Array(20).fill(ok))
      assert.equal((await base.get(counters, ['a']))?.n, 20)
    },
  },
  {
    name: 'an unknown outcome is passed on, and the same id settles it, though the first try is in',
    check: async ({ base, fault, begin }) => {
      const tx = begin()
      await tx.get(counters, ['b'])
      await done(tx, insert(counters, counter('a', 1)), append(happenings, happening('a', 1)))
      fault.committed = () => {
        throw new StoreError('unknown', 'the answer was lost')
      }
      const id = newId()
      await assert.rejects(tx.flush(id), { kind: 'unknown' })
      await refusedForGood('get', () => tx.get(counters, ['a']))
      fault.heal()
      await done(base, patch(counters, ['a'], { add: { n: 1 } }), insert(counters, counter('b')))
      await refusedForGood('another id', () => flush(tx))
      assert.deepEqual(await tx.flush(id), ok)
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 2), counter('b')])
      assert.deepEqual(await entriesOf(base, happenings), [happening('a', 1)])
    },
  },
  {
    name: 'after a transient fault a new id sends the same, and looks again for what was absent',
    check: async ({ base, fault, begin }) => {
      const fail = (): void => {
        fault.before = (call) => {
          if (call === 'commit') throw new StoreError('transient', 'busy')
        }
      }
      const tx = begin()
      await done(tx, insert(counters, counter('a', 1)))
      fail()
      await assert.rejects(flush(tx), { kind: 'transient' })
      fault.heal()
      await flushed(tx)
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 1)])
      const other = begin()
      await other.get(counters, ['b'])
      await done(other, insert(counters, counter('c')))
      fail()
      await assert.rejects(flush(other), { kind: 'transient' })
      fault.heal()
      await done(base, insert(counters, counter('b')))
      assert.deepEqual(await flush(other), { ...conflict, key: ['b'], guard: 'exists' })
    },
  },
  {
    name: 'a fault of the base while a commit reads there leaves the transaction as it was',
    check: async ({ base, fault, begin }) => {
      await done(base, insert(counters, counter('a', 1)))
      const tx = begin()
      await done(tx, insert(counters, counter('b')))
      fault.before = (call) => {
        if (call === 'getMany') throw new StoreError('transient', 'busy')
      }
      const id = newId()
      const changes = [patch(counters, ['b'], { add: { n: 1 } }), patch(counters, ['a'], { add: { n: 1 } })]
      await assert.rejects(tx.commit(id, changes), { kind: 'transient' })
      fault.heal()
      assert.equal((await tx.get(counters, ['b']))?.n, 0)
      assert.deepEqual(await tx.commit(id, changes), ok)
      await flushed(tx)
      assert.deepEqual((await allOf(base, counters)).map(bare), [counter('a', 2), counter('b', 1)])
    },
  },
  {
    name: 'a unique key that goes from row to row in one batch is found at the one or at the other, at no time at none',
    check: async ({ base, fault, begin }) => {
      await done(base, insert(items, item(1)))
      const tx = begin()
      const moved = Promise.withResolvers<void>()
      let isFirst = true
      fault.before = async (call) => {
        if (call !== 'get' || !isFirst) return
        isFirst = false
        await moved.promise
      }
      const reading = tx.get(items, { unique: 'serial', values: [1] })
      await done(tx, remove(items, ['here', 'item-1']), insert(items, item(2, { serial: 1 })))
      moved.resolve()
      assert.equal((await reading)?.name, 'item-2')
    },
  },
  {
    name: 'a reader of a log passes the entries of others and its own once each',
    check: async ({ base, begin }) => {
      const say = (n: number): Change => append(happenings, happening('x', n))
      await done(base, say(1), say(2))
      const tx = begin()
      await done(tx, say(10), say(11))
      const seen: number[] = []
      let after: Awaited<ReturnType<typeof tx.tail>>['entries'][number]['at'] | undefined
      const read = async (limit: number): Promise<void> => {
        const { entries } = await tx.tail(happenings, after, limit)
        seen.push(...entries.map(({ row }) => row.n))
        after = entries.at(-1)?.at ?? after
      }
      await read(1)
      await read(2)
      await done(base, say(3))
      await done(tx, say(12))
      await read(1)
      await read(5)
      await read(5)
      assert.deepEqual(seen, [1, 2, 10, 3, 11, 12])
      await flushed(tx)
      assert.deepEqual(
        (await entriesOf(base, happenings)).map(({ n }) => n),
        [1, 2, 3, 10, 11, 12],
      )
    },
  },
]
