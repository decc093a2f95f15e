import assert from 'node:assert/strict'
import { append, insert, patch } from '../change.ts'
import type { Row, Table } from '../table.ts'
import { refusedForGood, type StoreCase } from './harness.ts'
import { allOf, bare, counters, entriesOf, happenings, item, items, type Odd, odd, others } from './sample.ts'

const texts = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  '0',
  '00',
  '1e3',
  'null',
  '\u00e9',
  'e\u0301',
  '\u{1f433} \u{1f1e9}\u{1f1ea}',
  '\u65e5\u672c\u8a9e',
  '\u05d0\u0301\u200f',
  '\ufeffbom',
  '\uffff',
  '\u{10ffff}',
  '\u0001\u001f\u007f\r\n\t',
  `'";--\\%_$1?:x@`,
  '__proto__',
  'constructor',
  '{"$gt":""}',
]

/** What goes in comes out, and what cannot be kept is not let in. */
export const values: readonly StoreCase[] = [
  {
    name: 'text comes back as it went in, as a key too: letters, marks, planes, quotes and control characters',
    check: async ({ store, done }) => {
      const all = texts.map((text, n) => item(n, { name: text, label: text, note: text }))
      await done(...all.map((each) => insert(items, each)))
      for (const each of all) {
        assert.deepEqual(bare(await store.get(items, ['here', each.name])), each)
        const key = { unique: 'label', values: ['here', each.label] }
        assert.deepEqual(bare(await store.get(items, key)), each)
        const { rows } = await store.find(items, { index: 'byLabel', eq: [each.label], limit: 10 })
        assert.deepEqual(rows.map(bare), [each])
      }
    },
  },
  {
    name: 'keys of two columns are told apart wherever the boundary lies',
    check: async ({ store, done }) => {
      const pairs = [
        ['a', 'bc'],
        ['ab', 'c'],
        ['abc', ''],
        ['', 'abc'],
        ['a/b', 'c'],
        ['a', 'b/c'],
        ['a"', ',"b'],
        ['a', '","b'],
      ] as const
      await done(...pairs.map(([space, name], n) => insert(items, item(n, { space, name }))))
      for (const [n, pair] of pairs.entries()) assert.equal((await store.get(items, pair))?.serial, n)
    },
  },
  {
    name: 'bytes come back as they went in: none, all 256, long ones, and views of a part',
    check: async ({ store, done }) => {
      const all = Uint8Array.from({ length: 256 }, (_, n) => n)
      const long = Uint8Array.from({ length: 70_000 }, (_, n) => (n * n) % 251)
      const bodies = [
        new Uint8Array(0),
        Uint8Array.of(0),
        all,
        long,
        all.subarray(10, 20),
        Buffer.from('pooled'),
      ]
      await done(...bodies.map((body, n) => insert(items, item(n, { body, seal: body.subarray(0, 300) }))))
      for (const [n, body] of bodies.entries()) {
        const row = await store.get(items, ['here', `item-${n}`])
        assert.deepEqual(row?.body, new Uint8Array(body))
        assert.deepEqual(row?.seal, new Uint8Array(body.subarray(0, 300)))
      }
    },
  },
  {
    name: 'integers, reals and booleans come back as they went in, to the last bit',
    check: async ({ store, done }) => {
      const integers = [
        0,
        1,
        -1,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 32,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
      ]
      const reals = [0.1, -0.1, 1 / 3, 3, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 60]
      const all = integers.map((serial, n) =>
        item(serial, { name: `${n}`, size: serial, score: reals[n] as number, open: n % 2 === 0 }),
      )
      await done(...all.map((each) => insert(items, each)))
      for (const each of all) {
        assert.deepEqual(bare(await store.get(items, ['here', each.name])), each)
        const row = await store.get(items, { unique: 'serial', values: [each.serial] })
        assert.strictEqual(row?.open, each.open)
        const { rows } = await store.find(items, { index: 'byScore', eq: [each.score], limit: 10 })
        assert.deepEqual(rows.map(bare), [each])
      }
    },
  },
  {
    name: 'null stands in columns that may be null, and only there',
    check: async ({ store, done, tried }) => {
      await done(insert(items, item(1)), append(happenings, { who: 'a', n: 1, loud: true, data: null }))
      const row = await store.get(items, ['here', 'item-1'])
      assert.strictEqual(row?.note, null)
      assert.strictEqual(row?.body, null)
      for (const name of Object.keys(items.columns)) {
        if (name === 'note' || name === 'body') continue
        const changed = { ...item(2), [name]: null } as never
        await refusedForGood(`null in ${name}`, () => tried(insert(items, changed)))
      }
      await refusedForGood('a patch to null', () =>
        tried(patch(items, ['here', 'item-1'], { set: { size: null as unknown as number } })),
      )
      assert.deepEqual((await allOf(store, items)).map(bare), [item(1)])
    },
  },
  {
    name: 'text with NUL or a lone surrogate is refused, wherever it stands',
    check: async ({ store, tried }) => {
      for (const text of ['a\0b', '\0', '\ud800', 'x\udc00', '\udc00\ud800']) {
        const what = JSON.stringify(text)
        await refusedForGood(`a column ${what}`, () => tried(insert(items, item(1, { note: text }))))
        await refusedForGood(`a key ${what}`, () => tried(insert(items, item(1, { name: text }))))
        await refusedForGood(`a log ${what}`, () => tried(append(others, { text })))
        await refusedForGood(`get ${what}`, () => store.get(items, ['here', text]))
        await refusedForGood(`find ${what}`, () => store.find(items, { index: 'key', eq: [text], limit: 1 }))
      }
      assert.deepEqual([await allOf(store, items), await entriesOf(store, others)], [[], []])
    },
  },
  {
    name: 'a value of another type than its column is refused',
    check: async ({ store, tried }) => {
      const wrong: Row[] = [
        { size: 0.5 },
        { size: 2 ** 53 },
        { size: '1' },
        { size: 1n },
        { size: true },
        { size: Number.NaN },
        { score: Number.NaN },
        { score: Number.POSITIVE_INFINITY },
        { score: '0.5' },
        { open: 1 },
        { open: 'true' },
        { label: 1 },
        { label: { $gt: '' } },
        { label: ['a'] },
        { body: 'text' },
        { body: [1, 2] },
        { body: new ArrayBuffer(2) },
        { note: undefined },
        { note: new Date(0) },
      ]
      for (const each of wrong) {
        const [name, value] = Object.entries(each)[0] as [string, unknown]
        await refusedForGood(`${name}: ${typeof value} ${String(value)}`, () =>
          tried(insert(items, { ...item(1), ...each })),
        )
      }
      assert.deepEqual(await allOf(store, items), [])
    },
  },
  {
    name: 'a row without one of its columns, or with one more, is refused',
    check: async ({ store, tried }) => {
      for (const name of Object.keys(items.columns)) {
        const { [name]: _, ...row } = item(1)
        await refusedForGood(`without ${name}`, () => tried(insert(items, row as never)))
      }
      for (const extra of ['unheard', 'rev', 'toString', 'NAME']) {
        await refusedForGood(`with ${extra}`, () => tried(insert(items, { ...item(1), [extra]: 'x' })))
      }
      const polluting = { ...item(1), ...JSON.parse('{"x":1}') }
      Object.defineProperty(polluting, '__proto__', { value: 'x', enumerable: true })
      await refusedForGood('with __proto__', () => tried(insert(items, polluting)))
      assert.deepEqual(await allOf(store, items), [])
    },
  },
  {
    name: 'names of SQL and of JavaScript objects are names of columns like others',
    check: async ({ store, done, tried }) => {
      const row = (key: string, order: number): Odd => ({
        constructor: key,
        toString: `${key}!`,
        order,
        hasOwnProperty: null,
      })
      const rev = await done(insert(odd, row('__proto__', 2)), insert(odd, row('prototype', 1)))
      assert.deepEqual({ ...(await store.get(odd, ['__proto__'])) }, { ...row('__proto__', 2), rev })
      const { rows } = await store.find(odd, { index: 'group', limit: 5 })
      assert.deepEqual(
        rows.map((each) => each.constructor),
        ['prototype', '__proto__'],
      )
      const found = await store.get(odd, { unique: 'valueOf', values: ['prototype!'] })
      assert.equal(found?.order, 1)
      assert.deepEqual(await tried(insert(odd, { ...row('third', 3), toString: '__proto__!' })), {
        ok: false,
        change: 0,
        why: 'exists',
        uniqueKey: 'valueOf',
      })
      await done(
        patch(odd as Table, ['__proto__'], { set: { hasOwnProperty: true }, when: { order: { eq: 2 } } }),
      )
      assert.equal((await store.get(odd, ['__proto__']))?.hasOwnProperty, true)
      assert.equal(({} as Odd).order, undefined)
    },
  },
  {
    name: 'an addition that leaves the range of its column is refused and changes nothing',
    check: async ({ store, done, tried }) => {
      const row = { id: 'a', n: Number.MAX_SAFE_INTEGER - 1, share: Number.MAX_VALUE }
      await done(insert(counters, row))
      await done(patch(counters, ['a'], { add: { n: 1 } }))
      await refusedForGood('one too many', () => tried(patch(counters, ['a'], { add: { n: 1 } })))
      await refusedForGood('beyond all reals', () =>
        tried(patch(counters, ['a'], { add: { share: Number.MAX_VALUE } })),
      )
      assert.deepEqual(bare(await store.get(counters, ['a'])), { ...row, n: Number.MAX_SAFE_INTEGER })
    },
  },
  {
    name: 'what was given in and what was handed out are copies: changing either changes nothing kept',
    check: async ({ store, done }) => {
      const given = item(1, { body: Uint8Array.of(1, 2, 3), note: 'kept' })
      const entry = { who: 'a', n: 1, loud: true, data: Uint8Array.of(1) }
      const committing = done(insert(items, given), append(happenings, entry))
      given.note = 'changed'
      given.body?.fill(9)
      entry.data.fill(9)
      const rev = await committing
      const expected = { ...item(1, { body: Uint8Array.of(1, 2, 3), note: 'kept' }), rev }
      const spoil = (row: Row | undefined): void => {
        for (const [name, value] of Object.entries(row ?? {})) {
          if (value instanceof Uint8Array) value.fill(7)
          delete row?.[name]
        }
      }
      for (let round = 0; round < 2; round++) {
        const byKey = await store.get(items, ['here', 'item-1'])
        const byUnique = await store.get(items, { unique: 'serial', values: [1] })
        const [ofMany] = await store.getMany(items, [['here', 'item-1']])
        const [found] = (await store.find(items, { index: 'bySize', limit: 1 })).rows
        assert.deepEqual([byKey, byUnique, ofMany, found], Array(4).fill(expected))
        const [told] = await entriesOf(store, happenings)
        assert.deepEqual(told, { who: 'a', n: 1, loud: true, data: Uint8Array.of(1) })
        for (const row of [byKey, byUnique, ofMany, found, told]) spoil(row)
      }
    },
  },
]
