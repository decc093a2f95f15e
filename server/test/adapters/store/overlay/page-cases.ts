import assert from 'node:assert/strict'
import { insert, patch, put, remove } from '../../../../src/ports/store/change.ts'
import type { Cursor, Find, Store } from '../../../../src/ports/store/store.ts'
import { type Counter, counter, counters } from '../../../../src/ports/store/suite/sample.ts'
import { done, flushed, type OverlayCase } from './overlay-case.ts'

const name = (n: number): string => `c${String(n).padStart(4, '0')}`

async function pages(store: Store, query: Omit<Find, 'after'>): Promise<Counter[][]> {
  const found: Counter[][] = []
  let after: Cursor | undefined
  do {
    const page = await store.find(counters, { ...query, ...(after && { after }) })
    found.push(page.rows)
    after = page.next
  } while (after !== undefined)
  return found
}

const ids = (rows: readonly Counter[]): string[] => rows.map(({ id }) => id)

/** Pages and counts of rows of both: the base's, and the transaction's own. */
export const pageCases: readonly OverlayCase[] = [
  {
    name: 'pages of every size have the rows of both in one order, and none that the transaction has hidden',
    check: async ({ base, begin }) => {
      await done(base, ...[10, 20, 30, 40, 50, 60, 70].map((n) => insert(counters, counter(name(n), n))))
      const tx = begin()
      await done(
        tx,
        insert(counters, counter(name(5), 65)),
        insert(counters, counter(name(35), 15)),
        insert(counters, counter(name(80), 1)),
        remove(counters, [name(20)]),
        remove(counters, [name(70)]),
        patch(counters, [name(40)], { set: { n: 66 } }),
      )
      await tx.get(counters, [name(60)])
      const wholes = { key: [5, 10, 30, 35, 40, 50, 60, 80], byN: [80, 10, 35, 30, 50, 60, 5, 40] }
      for (const [index, places] of Object.entries(wholes)) {
        for (const back of [false, true]) {
          const whole = (back ? places.toReversed() : places).map(name)
          for (const limit of [1, 2, 3, 4, 5, 7, 8, 9, 1000]) {
            const tiles = await pages(tx, { index, back, limit })
            assert.deepEqual(tiles.flatMap(ids), whole)
            assert.equal(tiles.length, Math.ceil(whole.length / limit))
          }
        }
      }
      const beyond = await pages(tx, { index: 'byN', beyond: [29], limit: 2 })
      assert.deepEqual(beyond.map(ids), [[name(30), name(50)], [name(60), name(5)], [name(40)]])
      const back = await pages(tx, { index: 'byN', beyond: [50], back: true, limit: 3 })
      assert.deepEqual(back.map(ids), [[name(30), name(35), name(10)], [name(80)]])
      const { next } = await tx.find(counters, { index: 'byN', limit: 2 })
      for (const [beyondN, expected] of [
        [35, [50, 60]],
        [2, [35, 30]],
      ] as const) {
        const query = { index: 'byN', after: next as Cursor, beyond: [beyondN], limit: 2 }
        assert.deepEqual(ids((await tx.find(counters, query)).rows), expected.map(name))
      }
      assert.equal(await tx.count(counters, { index: 'key', upTo: 99 }), 8)
      assert.equal(await tx.count(counters, { index: 'key', upTo: 6 }), 6)
      assert.equal(await tx.count(counters, { index: 'byN', eq: [66], upTo: 9 }), 1)
      assert.equal(await tx.count(counters, { index: 'byN', eq: [40], upTo: 9 }), 0)
      assert.equal(await tx.count(counters, { index: 'byN', eq: [50], upTo: 9 }), 1)
    },
  },
  {
    name: 'a page is filled though more rows are hidden than a page of the base holds',
    check: async ({ base, begin }) => {
      const all = Array.from({ length: 2400 }, (_, n) => n)
      for (let from = 0; from < all.length; from += 800) {
        await done(base, ...all.slice(from, from + 800).map((n) => insert(counters, counter(name(n), n))))
      }
      const tx = begin({ watched: [] })
      await done(tx, ...all.slice(0, 700).map((n) => remove(counters, [name(n)])))
      await done(tx, ...all.slice(700, 1300).map((n) => remove(counters, [name(n)])))
      const first = await tx.find(counters, { index: 'key', limit: 2 })
      assert.deepEqual(ids(first.rows), [name(1300), name(1301)])
      for (const limit of [500, 1000]) {
        const tiles = await pages(tx, { index: 'byN', limit })
        assert.deepEqual(tiles.flatMap(ids), all.slice(1300).map(name))
        assert.ok(tiles.slice(0, -1).every(({ length }) => length === limit))
      }
      assert.equal(await tx.count(counters, { index: 'key', upTo: 5000 }), 1100)
      assert.equal(await tx.count(counters, { index: 'key', upTo: 1000 }), 1000)
      // Own rows behind those of the base that are not yet read do not come before them.
      await done(tx, ...[2401, 2402, 2403].map((n) => insert(counters, counter(name(n), n))))
      const second = await tx.find(counters, { index: 'key', limit: 2 })
      assert.deepEqual(second.rows, first.rows)
    },
  },
  {
    name: 'a page is of one moment of the base, whatever of it is hidden, as far as a page of the base goes',
    check: async ({ base, fault, begin }) => {
      await done(base, ...Array.from({ length: 900 }, (_, n) => insert(counters, counter(name(n), n))))
      const tx = begin()
      for (const n of [0, 200, 400]) {
        const keys = Array.from({ length: 200 }, (_, place) => [name(n + place)])
        await done(tx, ...keys.map((key) => remove(counters, key)))
      }
      let finds = 0
      fault.before = (call) => {
        if (call === 'find') finds += 1
      }
      const { rows } = await tx.find(counters, { index: 'key', limit: 300 })
      assert.deepEqual([ids(rows)[0], rows.length, finds], [name(600), 300, 1])
    },
  },
  {
    name: 'a cursor of a transaction is good where the rows are after it, and one of the base in a transaction',
    check: async ({ base, begin }) => {
      const rev = await done(base, ...[1, 2, 3].map((n) => insert(counters, counter(name(n * 10), n))))
      const before = await base.find(counters, { index: 'key', limit: 1 })
      const tx = begin()
      await done(tx, insert(counters, counter(name(15))), put(counters, counter(name(20), 9), rev))
      const rest = { index: 'key', limit: 9, after: before.next as Cursor }
      assert.deepEqual(ids((await tx.find(counters, rest)).rows), [15, 20, 30].map(name))
      const within = await tx.find(counters, { index: 'key', limit: 2 })
      assert.deepEqual(ids(within.rows), [10, 15].map(name))
      await flushed(tx)
      const on = await base.find(counters, { index: 'key', limit: 9, after: within.next as Cursor })
      assert.deepEqual(ids(on.rows), [20, 30].map(name))
    },
  },
]
