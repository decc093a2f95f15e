import assert from 'node:assert/strict'
import { insert, patch, put } from '../change.ts'
import type { StoreCase } from './harness.ts'
import { counter, counters, type Item, item, items } from './sample.ts'

/** Code points in order; their UTF-16 is not: U+10000 begins with D800, below U+E000. */
const sortedTexts = [
  '',
  ' ',
  '!',
  '0',
  '10',
  '9',
  'A',
  'B',
  '_',
  'a',
  'a ',
  'a!',
  'aa',
  'ab',
  'b',
  '\u007f',
  '\u0080',
  '\u00e9',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\uffff',
  '\uffffz',
  '\u{10000}',
  '\u{10000}a',
  '\u{10001}',
  '\u{1f433}',
  '\u{10ffff}',
]

const sortedBytes = [
  [],
  [0],
  [0, 0],
  [0, 255],
  [1],
  [1, 0],
  [1, 255],
  [2],
  [127],
  [128],
  [255],
  [255, 0],
  [255, 255],
]
const sortedReals = [
  -Number.MAX_VALUE,
  -10,
  -2.5,
  -1,
  -Number.MIN_VALUE,
  0,
  Number.MIN_VALUE,
  0.5,
  1,
  9,
  10,
  1e300,
]
const sortedIntegers = [
  Number.MIN_SAFE_INTEGER,
  -(2 ** 32),
  -256,
  -10,
  -9,
  -1,
  0,
  1,
  2,
  10,
  255,
  256,
  2 ** 31,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
]

/** The same values in an order that is neither sorted nor reversed. */
function shuffled<T>(values: readonly T[]): T[] {
  const step = [7, 11, 13].find((prime) => values.length % prime !== 0) ?? 1
  return values.map((_, n) => values[(n * step + 3) % values.length] as T)
}

/** Byte order, by every type, forwards and backwards. */
export const ordering: readonly StoreCase[] = [
  {
    name: 'text sorts by its UTF-8 bytes, in a key and in an index',
    check: async ({ store, done }) => {
      await done(
        ...shuffled(sortedTexts).map((text, n) => insert(items, item(n, { name: text, label: text }))),
      )
      for (const index of ['key', 'byLabel']) {
        const { rows } = await store.find(items, { index, limit: 1000 })
        assert.deepEqual(
          rows.map(({ label }) => label),
          sortedTexts,
          index,
        )
        const back = await store.find(items, { index, limit: 1000, back: true })
        assert.deepEqual(back.rows, rows.toReversed(), index)
      }
    },
  },
  {
    name: 'a cursor and `beyond` follow the order of bytes',
    check: async ({ store, done }) => {
      await done(...shuffled(sortedTexts).map((text) => insert(counters, counter(text))))
      for (const [n, text] of sortedTexts.entries()) {
        const forth = await store.find(counters, { index: 'key', beyond: [text], limit: 1000 })
        assert.deepEqual(
          forth.rows.map(({ id }) => id),
          sortedTexts.slice(n + 1),
        )
        const back = await store.find(counters, { index: 'key', beyond: [text], limit: 1000, back: true })
        assert.deepEqual(
          back.rows.map(({ id }) => id),
          sortedTexts.slice(0, n).toReversed(),
        )
      }
    },
  },
  {
    name: 'bytes, numbers and booleans sort as such, false before true',
    check: async ({ store, done }) => {
      const count = Math.max(sortedBytes.length, sortedReals.length)
      const rows = Array.from({ length: count }, (_, n) =>
        item(n, {
          seal: Uint8Array.from(sortedBytes[n] ?? [255, 255, 255, n]),
          score: sortedReals[n] ?? 1e301 * (n + 1),
          open: n % 2 === 1,
        }),
      )
      await done(...shuffled(rows).map((row) => insert(items, row)))
      const serials = async (index: string): Promise<number[]> =>
        (await store.find(items, { index, limit: 1000 })).rows.map(({ serial }) => serial)
      const ascending = rows.map(({ serial }) => serial)
      assert.deepEqual(await serials('bySeal'), ascending)
      assert.deepEqual(await serials('byScore'), ascending)
      const opens = (await store.find(items, { index: 'byOpen', limit: 1000 })).rows.map(({ open }) => open)
      assert.deepEqual(opens, opens.toSorted())
      assert.deepEqual(new Set(opens), new Set([true, false]))
    },
  },
  {
    name: 'integers sort as numbers up to the limits of safe ones',
    check: async ({ store, done }) => {
      await done(...shuffled(sortedIntegers).map((n, at) => insert(counters, counter(`c${at}`, n))))
      const { rows } = await store.find(counters, { index: 'byN', limit: 100 })
      assert.deepEqual(
        rows.map(({ n }) => n),
        sortedIntegers,
      )
      const beyond = await store.find(counters, { index: 'byN', beyond: [-1], limit: 1 })
      assert.equal(beyond.rows[0]?.n, 0)
    },
  },
  {
    name: 'rows equal in an index follow each other by primary key',
    check: async ({ store, done }) => {
      const names = ['b', 'a', '\u{10000}', '\uffff', 'B', '10', '9']
      const rows = names.flatMap((name, n) => [
        item(n, { space: 'x', name, size: 1 }),
        item(n + 100, { space: 'x', name: `${name}-`, size: 0 }),
      ])
      await done(...rows.map((row) => insert(items, row)))
      const { rows: found } = await store.find(items, { index: 'bySize', eq: ['x'], limit: 100 })
      const sorted = ['10', '9', 'B', 'a', 'b', '\uffff', '\u{10000}']
      assert.deepEqual(
        found.map(({ size, name }) => [size, name]),
        [...sorted.map((name) => [0, `${name}-`]), ...sorted.map((name) => [1, name])],
      )
    },
  },
  {
    name: 'a changed row stands where its new values belong, in every order',
    check: async ({ store, done }) => {
      const rev = await done(...[1, 2, 3].map((n) => insert(items, item(n, { size: n * 10 }))))
      const order = async (): Promise<Item['serial'][]> =>
        (await store.find(items, { index: 'bySize', eq: ['here'], limit: 10 })).rows.map(
          ({ serial }) => serial,
        )
      assert.deepEqual(await order(), [1, 2, 3])
      await done(patch(items, ['here', 'item-1'], { add: { size: 15 } }))
      assert.deepEqual(await order(), [2, 1, 3])
      await done(patch(items, ['here', 'item-3'], { set: { size: 0 } }))
      assert.deepEqual(await order(), [3, 2, 1])
      await done(put(items, item(2, { size: 99 }), rev))
      assert.deepEqual(await order(), [3, 1, 2])
    },
  },
]
