import assert from 'node:assert/strict'
import { insert, patch, remove } from '../change.ts'
import type { Cursor, Find, Store } from '../store.ts'
import type { Row, Table } from '../table.ts'
import { refusedForGood, type StoreCase } from './harness.ts'
import { counter, counters, type Item, item, items } from './sample.ts'

type Query = Omit<Find, 'after' | 'limit'>

/** Every page of a query, each of at most `limit` rows. */
async function pages<R extends Row>(
  store: Store,
  table: Table<R>,
  query: Query,
  limit: number,
): Promise<R[][]> {
  const found: R[][] = []
  let after: Cursor | undefined
  do {
    const page = await store.find(table, { ...query, limit, ...(after === undefined ? {} : { after }) })
    found.push(page.rows)
    after = page.next
    assert.ok(found.length < 1000, 'the pages do not end')
  } while (after !== undefined)
  return found
}

const serials = (rows: readonly Item[]): number[] => rows.map(({ serial }) => serial)

export const paging: readonly StoreCase[] = [
  {
    name: 'pages of every size tile the whole, each but the last full, the last without a cursor',
    check: async ({ store, done }) => {
      const rows = Array.from({ length: 12 }, (_, n) =>
        item(n, {
          size: n % 3,
          open: n % 2 === 0,
          name: `n${(n * 5) % 12}`,
          space: n < 9 ? 'here' : 'there',
        }),
      )
      await done(...rows.map((row) => insert(items, row)))
      const queries: Query[] = [
        { index: 'key' },
        { index: 'key', eq: ['here'] },
        { index: 'bySize' },
        { index: 'bySize', eq: ['here'] },
        { index: 'bySize', eq: ['here', 1] },
        { index: 'byOpen', eq: [true] },
        { index: 'bySeal' },
        { index: 'byScore' },
        { index: 'key', eq: ['nowhere'] },
      ]
      for (const query of queries) {
        for (const back of [false, true]) {
          const asked = { ...query, back }
          const [whole = [], ...none] = await pages(store, items, asked, 1000)
          assert.deepEqual(none, [])
          for (const limit of [1, 2, 3, 4, 5, 12]) {
            const tiles = await pages(store, items, asked, limit)
            const what = JSON.stringify({ ...asked, limit })
            assert.deepEqual(serials(tiles.flat()), serials(whole), what)
            for (const tile of tiles.slice(0, -1)) assert.equal(tile.length, limit, what)
            assert.equal(tiles.length, Math.max(1, Math.ceil(whole.length / limit)), what)
          }
        }
      }
    },
  },
  {
    name: 'an equality prefix answers its rows and no others, in either direction',
    check: async ({ store, done }) => {
      const spaces = ['a', 'a ', 'aa', 'b', '', 'A']
      await done(
        ...spaces.flatMap((space, s) =>
          [1, 2].map((n) => insert(items, item(s * 10 + n, { space, size: n }))),
        ),
      )
      for (const [s, space] of spaces.entries()) {
        const { rows, next } = await store.find(items, { index: 'bySize', eq: [space], limit: 2 })
        assert.deepEqual([serials(rows), next], [[s * 10 + 1, s * 10 + 2], undefined])
        const back = await store.find(items, { index: 'bySize', eq: [space], limit: 10, back: true })
        assert.deepEqual(serials(back.rows), [s * 10 + 2, s * 10 + 1])
        const one = await store.find(items, { index: 'bySize', eq: [space, 2], limit: 10 })
        assert.deepEqual(serials(one.rows), [s * 10 + 2])
      }
      const exact = await store.find(items, { index: 'key', eq: ['aa', 'item-21'], limit: 10 })
      assert.deepEqual(serials(exact.rows), [21])
    },
  },
  {
    name: 'beyond begins after the values given, of one column or of more, whether or not there is such a row',
    check: async ({ store, done }) => {
      const rows = [1, 2, 3, 4, 5, 6].map((n) => item(n, { size: Math.ceil(n / 2), name: `n${n}` }))
      await done(...rows.map((row) => insert(items, row)))
      const from = async (beyond: readonly (string | number)[], back = false): Promise<number[]> =>
        serials((await store.find(items, { index: 'bySize', eq: ['here'], beyond, back, limit: 10 })).rows)
      assert.deepEqual(await from([1]), [3, 4, 5, 6])
      assert.deepEqual(await from([0]), [1, 2, 3, 4, 5, 6])
      assert.deepEqual(await from([3]), [])
      assert.deepEqual(await from([2, 'n3']), [4, 5, 6])
      assert.deepEqual(await from([2, 'n3!']), [4, 5, 6])
      assert.deepEqual(await from([2, 'n4']), [5, 6])
      assert.deepEqual(await from([]), [1, 2, 3, 4, 5, 6])
      assert.deepEqual(await from([2], true), [2, 1])
      assert.deepEqual(await from([2, 'n4'], true), [3, 2, 1])
      assert.deepEqual(await from([9], true), [6, 5, 4, 3, 2, 1])
      const query = { index: 'bySize', eq: ['here'], beyond: [1] }
      assert.deepEqual((await pages(store, items, query, 3)).map(serials), [[3, 4, 5], [6]])
    },
  },
  {
    name: 'a page holds 1 to 1,000 rows',
    check: async ({ store, done }) => {
      const ids = (from: number): ReturnType<typeof insert>[] =>
        Array.from({ length: 1000 }, (_, n) => insert(counters, counter(`c${from + n}`)))
      await done(...ids(1000))
      await done(insert(counters, counter('c0')))
      const page = await store.find(counters, { index: 'key', limit: 1000 })
      assert.equal(page.rows.length, 1000)
      assert.ok(page.next !== undefined)
      const rest = await store.find(counters, { index: 'key', limit: 1000, after: page.next })
      assert.deepEqual([rest.rows.map(({ id }) => id), rest.next], [['c1999'], undefined])
      for (const limit of [0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await refusedForGood(`limit ${limit}`, () => store.find(counters, { index: 'key', limit }))
      }
    },
  },
  {
    name: 'a page goes on where it ended though rows come and go, its last row too',
    check: async ({ store, done }) => {
      await done(...[10, 20, 30, 40, 50, 60].map((n) => insert(counters, counter(`c${n}`, n))))
      for (const back of [false, true]) {
        const first = await store.find(counters, { index: 'byN', limit: 2, back })
        assert.ok(first.next !== undefined)
        const [, last] = first.rows
        assert.deepEqual(last?.n, back ? 50 : 20)
        await done(
          remove(counters, [last?.id ?? '']),
          insert(counters, counter('before', back ? 55 : 15)),
          insert(counters, counter('and before', back ? 57 : 13)),
          insert(counters, counter('behind', back ? 45 : 25)),
        )
        const second = await store.find(counters, { index: 'byN', limit: 2, back, after: first.next })
        assert.deepEqual(
          second.rows.map(({ n }) => n),
          back ? [45, 40] : [25, 30],
        )
        await done(
          remove(counters, ['before']),
          remove(counters, ['and before']),
          remove(counters, ['behind']),
          insert(counters, counter(`again${back}`, last?.n ?? 0)),
        )
      }
    },
  },
  {
    name: 'rows that stay are seen once each by a reader that pages while others come, go and change',
    check: async ({ store, done }) => {
      const staying = Array.from({ length: 60 }, (_, n) => item(n, { name: `s${n}`, size: n }))
      await done(...staying.map((row) => insert(items, row)))
      let reading = true
      const writer = async (): Promise<void> => {
        for (let n = 100; reading; n++) {
          await done(insert(items, item(n, { size: n % 60, space: 'here' })))
          await done(patch(items, ['here', `s${n % 60}`], { add: { score: 1 } }))
          if (n % 2 === 0) await done(remove(items, ['here', `item-${n}`]))
        }
      }
      const reader = async (): Promise<void> => {
        try {
          for (const back of [false, true]) {
            const query = { index: 'bySize', eq: ['here'], back }
            const seen = serials((await pages(store, items, query, 7)).flat()).filter((serial) => serial < 60)
            const expected = serials(staying)
            assert.deepEqual(seen, back ? expected.toReversed() : expected)
          }
        } finally {
          reading = false
        }
      }
      await Promise.all([writer(), reader()])
    },
  },
  {
    name: 'a query of an index, a prefix or a cursor that do not fit is refused',
    check: async ({ store, done }) => {
      await done(...[1, 2, 3].map((n) => insert(items, item(n))))
      const { next } = await store.find(items, { index: 'bySize', eq: ['here'], limit: 1 })
      assert.ok(next !== undefined)
      const wrong: Record<string, Find> = {
        'unknown index': { index: 'size', limit: 1 },
        'a name of Object': { index: 'constructor', limit: 1 },
        'too many values': { index: 'bySize', eq: ['here', 1, 'a', 'b', 'c'], limit: 1 },
        'another type': { index: 'bySize', eq: [1], limit: 1 },
        null: { index: 'bySize', eq: [null], limit: 1 },
        'beyond of another type': { index: 'bySize', eq: ['here'], beyond: ['1'], limit: 1 },
        'beyond of too many': { index: 'bySize', eq: ['here'], beyond: [1, 'a', 'b'], limit: 1 },
        'cursor of noise': { index: 'bySize', eq: ['here'], after: 'noise' as Cursor, limit: 1 },
        'empty cursor': { index: 'bySize', eq: ['here'], after: '' as Cursor, limit: 1 },
        'cursor of another index': { index: 'byOpen', eq: [true], after: next, limit: 1 },
        'cursor of another direction': { index: 'bySize', eq: ['here'], after: next, back: true, limit: 1 },
        'cursor of another prefix': { index: 'bySize', after: next, limit: 1 },
      }
      for (const [what, query] of Object.entries(wrong)) {
        await refusedForGood(what, () => store.find(items, query))
      }
      await refusedForGood('cursor of another table', () =>
        store.find(counters, { index: 'key', after: next, limit: 1 }),
      )
    },
  },
]
