import assert from 'node:assert/strict'
import { append, check, insert, patch, put, remove } from '../change.ts'
import type { Outcome } from '../store.ts'
import { atOnce, ok, pacer, type StoreCase } from './harness.ts'
import { allOf, counter, counters, entriesOf, happening, happenings, item, items } from './sample.ts'

/** The places of those that won. */
const winners = (outcomes: readonly Outcome[]): number[] =>
  outcomes.flatMap(({ ok: won }, n) => (won ? [n] : []))

function onlyOneWon(outcomes: readonly Outcome[], others: object): number {
  const [winner, ...more] = winners(outcomes)
  assert.ok(winner !== undefined, 'nobody won')
  assert.deepEqual(more, [])
  for (const [n, outcome] of outcomes.entries()) {
    if (n !== winner) assert.deepEqual(outcome, { ok: false, change: 0, ...others })
  }
  return winner
}

/** Batches at the same time. */
export const racing: readonly StoreCase[] = [
  {
    name: 'of 64 racing inserts of one key one wins, and its row is the one kept',
    check: async ({ store, tried }) => {
      const outcomes = await atOnce(64, (n) => tried(insert(counters, counter('a', n))))
      const winner = onlyOneWon(outcomes, { why: 'exists' })
      assert.deepEqual(
        (await allOf(store, counters)).map(({ n }) => n),
        [winner],
      )
    },
  },
  {
    name: 'of 64 racing inserts of one unique key one wins',
    check: async ({ store, tried }) => {
      const outcomes = await atOnce(64, (n) => tried(insert(items, item(n, { serial: 7 }))))
      const winner = onlyOneWon(outcomes, { why: 'exists', uniqueKey: 'serial' })
      assert.deepEqual(
        (await allOf(store, items)).map(({ name }) => name),
        [`item-${winner}`],
      )
    },
  },
  {
    name: 'of 64 racing puts at one revision one wins',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(counters, counter('a', -1)))
      const outcomes = await atOnce(64, (n) => tried(put(counters, counter('a', n), rev)))
      const winner = onlyOneWon(outcomes, { why: 'rev' })
      assert.equal((await store.get(counters, ['a']))?.n, winner)
    },
  },
  {
    name: 'of 64 racing removes one wins',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(counters, counter('a')))
      onlyOneWon(await atOnce(64, () => tried(remove(counters, ['a'], { rev }))), { why: 'missing' })
      assert.deepEqual(await allOf(store, counters), [])
    },
  },
  {
    name: '200 additions at once are all counted',
    check: async ({ store, done, tried }) => {
      await done(insert(counters, counter('a')))
      const outcomes = await atOnce(200, (n) => tried(patch(counters, ['a'], { add: { n: n + 1 } })))
      assert.deepEqual(outcomes, Array(200).fill(ok))
      assert.equal((await store.get(counters, ['a']))?.n, (200 * 201) / 2)
    },
  },
  {
    name: 'a bound holds under racing subtractions: as many win as it allows, and it is never passed',
    check: async ({ store, done, tried }) => {
      await done(insert(counters, counter('a', 100)))
      const take = (): Promise<Outcome> =>
        tried(patch(counters, ['a'], { add: { n: -3 }, when: { n: { gte: 3 } } }))
      const outcomes = await atOnce(64, take)
      assert.equal(winners(outcomes).length, 33)
      for (const outcome of outcomes) {
        if (!outcome.ok) assert.deepEqual(outcome, { ok: false, change: 0, why: 'when' })
      }
      assert.equal((await store.get(counters, ['a']))?.n, 1)
    },
  },
  {
    name: 'a check and a change of the same row exclude each other',
    check: async ({ store, done, tried }) => {
      for (let round = 0; round < 10; round++) {
        const parent = `parent-${round}`
        const rev = await done(insert(counters, counter(parent)))
        const [child, parentGone] = await Promise.all([
          tried(check(counters, [parent], rev), insert(counters, counter(`child-${round}`))),
          tried(remove(counters, [parent], { rev })),
        ])
        assert.deepEqual(parentGone, ok)
        // Whoever came first, the child was put in while the parent was there, or not at all.
        if (!child.ok) assert.deepEqual(child, { ok: false, change: 0, why: 'missing' })
        const kept = await store.get(counters, [`child-${round}`])
        assert.equal(kept !== undefined, child.ok)
      }
    },
  },
  {
    name: 'moves between rows keep their sum in every page, and no reader sees half of a batch',
    check: async ({ store, done, tried }) => {
      const ids = ['a', 'b', 'c', 'd']
      await done(...ids.map((id) => insert(counters, counter(id, 100))))
      let moving = true
      const mover = async (m: number): Promise<void> => {
        for (let n = 0; n < 25; n++) {
          const from = ids[(m + n) % 4] as string
          const to = ids[(m + n * 3 + 1) % 4] as string
          if (from === to) continue
          await tried(
            patch(counters, [from], { add: { n: -7 }, when: { n: { gte: 7 } } }),
            patch(counters, [to], { add: { n: 7 } }),
          )
        }
      }
      const reader = async (): Promise<void> => {
        const pace = pacer()
        do {
          await pace()
          const rows = await allOf(store, counters)
          assert.equal(
            rows.reduce((sum, { n }) => sum + n, 0),
            400,
          )
          for (const { n } of rows) assert.ok(n >= 0)
        } while (moving)
      }
      const moves = atOnce(6, mover).finally(() => {
        moving = false
      })
      await Promise.all([moves, reader()])
    },
  },
  {
    name: 'rows of one batch appear together: who has seen the one finds the other',
    check: async ({ store, done }) => {
      await done(insert(counters, counter('z')), insert(counters, counter('a')))
      let writing = true
      const writer = async (): Promise<void> => {
        for (let n = 1; n <= 60; n++) {
          await done(patch(counters, ['z'], { set: { n } }), patch(counters, ['a'], { set: { n } }))
        }
        writing = false
      }
      const reader = async (first: string, second: string): Promise<void> => {
        const pace = pacer()
        while (writing) {
          await pace()
          const seen = (await store.get(counters, [first]))?.n ?? 0
          const then = (await store.get(counters, [second]))?.n ?? 0
          assert.ok(then >= seen, `saw ${seen}, then ${then}`)
          await new Promise(setImmediate)
        }
      }
      await Promise.all([writer(), reader('z', 'a'), reader('a', 'z')])
    },
  },
  {
    name: 'what a failing batch would have written is seen by nobody',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(counters, counter('a', 1)))
      let failing = true
      const writer = async (): Promise<void> => {
        for (let n = 0; n < 40; n++) {
          const outcome = await tried(
            insert(counters, counter('ghost')),
            patch(counters, ['a'], { set: { n: -1 } }),
            // Not a remove: that would run, and fail, before anything was written.
            patch(counters, ['none'], { add: { n: 1 } }),
          )
          assert.deepEqual(outcome, { ok: false, change: 2, why: 'missing' })
        }
        failing = false
      }
      const reader = async (): Promise<void> => {
        const pace = pacer()
        do {
          await pace()
          assert.deepEqual(await store.getMany(counters, [['ghost'], ['a']]), [
            undefined,
            { ...counter('a', 1), rev },
          ])
          assert.equal(await store.count(counters, { index: 'key', upTo: 10 }), 1)
        } while (failing)
      }
      await Promise.all([writer(), reader()])
    },
  },
  {
    name: 'batches that fail among others that do not leave nothing, and take nothing of the others along',
    check: async ({ store, done, tried, id }) => {
      await done(insert(counters, counter('a')))
      const stale = id()
      const outcomes = await atOnce(60, (n) => {
        const changes = [insert(counters, counter(`c${n}`)), append(happenings, happening('c', n))]
        if (n % 3 === 1) changes.push(insert(counters, counter('a')))
        if (n % 3 === 2) changes.push(put(counters, counter('a', n), stale))
        return tried(...changes)
      })
      const expected = (n: number): Outcome => {
        if (n % 3 === 0) return ok
        return { ok: false, change: 2, why: n % 3 === 1 ? 'exists' : 'rev' }
      }
      assert.deepEqual(
        outcomes,
        outcomes.map((_, n) => expected(n)),
      )
      const kept = outcomes.flatMap(({ ok: won }, n) => (won ? [`c${n}`] : []))
      assert.deepEqual(new Set((await allOf(store, counters)).map((row) => row.id)), new Set(['a', ...kept]))
      assert.deepEqual(new Set((await entriesOf(store, happenings)).map(({ n }) => `c${n}`)), new Set(kept))
    },
  },
  {
    name: 'batches that take the same rows in opposite orders all come to an end, and all count',
    check: async ({ store, done, tried }) => {
      await done(...['a', 'b', 'c'].map((id) => insert(counters, counter(id))))
      const outcomes = await atOnce(60, (n) => {
        const order = n % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a']
        return tried(...order.map((id) => patch(counters, [id], { add: { n: 1 } })))
      })
      assert.deepEqual(outcomes, Array(60).fill(ok))
      assert.deepEqual(
        (await allOf(store, counters)).map(({ n }) => n),
        [60, 60, 60],
      )
    },
  },
]
