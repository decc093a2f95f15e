import assert from 'node:assert/strict'
import { batchIdLifetimeMs, newBatchId } from '../batch-id.ts'
import { append, check, insert, patch, put, remove } from '../change.ts'
import { type BatchId, type Change, storeLimits } from '../store.ts'
import type { Table } from '../table.ts'
import { atOnce, chance, ok, refusedForGood, type StoreCase } from './harness.ts'
import { allOf, counter, counters, entriesOf, happening, happenings, item, items } from './sample.ts'

const hourMs = 3_600_000

/** Changes together: all or none, once, within limits. */
export const batches: readonly StoreCase[] = [
  {
    name: 'a batch whose last change fails leaves nothing of the others, logs too',
    check: async ({ store, done, tried }) => {
      const rev = await done(
        insert(counters, counter('put', 1)),
        insert(counters, counter('patch', 1)),
        insert(counters, counter('remove', 1)),
        insert(items, item(1)),
        append(happenings, happening('before', 1)),
      )
      const before = [await allOf(store, counters), await allOf(store, items)]
      const outcome = await tried(
        insert(counters, counter('insert', 1)),
        put(counters, counter('put', 2), rev),
        patch(counters, ['patch'], { add: { n: 1 } }),
        remove(counters, ['remove']),
        append(happenings, happening('within', 2)),
        insert(items, item(2, { serial: 1 })),
      )
      assert.deepEqual(outcome, { ok: false, change: 5, why: 'exists', uniqueKey: 'serial' })
      assert.deepEqual([await allOf(store, counters), await allOf(store, items)], before)
      assert.deepEqual(await entriesOf(store, happenings), [happening('before', 1)])
      // What was taken back is free again, in keys and in orders.
      await done(insert(counters, counter('insert', 3)), insert(items, item(2)))
      const { rows } = await store.find(counters, { index: 'byN', eq: [1], limit: 10 })
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['patch', 'put', 'remove'],
      )
    },
  },
  {
    name: 'a batch that fails names one of the changes that failed, by its place in the list',
    check: async ({ done, tried, id }) => {
      const rev = await done(insert(counters, counter('a')), insert(counters, counter('b')))
      for (const at of [0, 1, 2, 3]) {
        const changes: Change[] = [
          check(counters, ['a'], rev),
          patch(counters, ['b'], { add: { n: 0 } }),
          append(happenings, happening('x', 1)),
        ]
        changes.splice(at, 0, remove(counters, ['none']))
        assert.deepEqual(await tried(...changes), { ok: false, change: at, why: 'missing' })
      }
      const several = await tried(
        insert(counters, counter('c')),
        put(counters, counter('a', 1), id()),
        remove(counters, ['none']),
      )
      assert.ok(!several.ok)
      assert.equal(several.why, several.change === 1 ? 'rev' : 'missing')
      assert.ok(several.change === 1 || several.change === 2)
    },
  },
  {
    name: 'removes run first: what one row gives up, another of the same batch may take',
    check: async ({ store, done }) => {
      await done(insert(items, item(1)))
      await done(insert(items, item(2, { serial: 1, label: 'label-1' })), remove(items, ['here', 'item-1']))
      const [row, ...rest] = await allOf(store, items)
      assert.deepEqual([row?.name, row?.serial, rest], ['item-2', 1, []])
      await done(insert(items, item(3)))
      await done(
        patch(items, ['here', 'item-3'], { set: { label: 'label-1' } }),
        remove(items, ['here', 'item-2']),
      )
      assert.equal((await store.get(items, { unique: 'label', values: ['here', 'label-1'] }))?.name, 'item-3')
    },
  },
  {
    name: 'a batch that names a row twice is refused',
    check: async ({ store, done, tried }) => {
      const rev = await done(insert(counters, counter('a', 1)))
      const pairs: Change[][] = [
        [insert(counters, counter('b')), insert(counters, counter('b'))],
        [remove(counters, ['a']), insert(counters, counter('a'))],
        [patch(counters, ['a'], { add: { n: 1 } }), patch(counters, ['a'], { add: { n: 1 } })],
        [check(counters, ['a'], rev), put(counters, counter('a', 2), rev)],
      ]
      for (const pair of pairs) {
        await refusedForGood(pair.map((change) => change.do).join(' and '), () => tried(...pair))
      }
      assert.deepEqual(await allOf(store, counters), [{ ...counter('a', 1), rev }])
      // The same key in another table is another row, and a log has none.
      await done(
        insert(items, item(1)),
        append(happenings, happening('a', 1)),
        append(happenings, happening('a', 1)),
      )
    },
  },
  {
    name: 'an empty batch is well',
    check: async ({ tried }) => assert.deepEqual(await tried(), ok),
  },
  {
    name: 'the same id again answers ok and does nothing, whatever it brings',
    check: async ({ store, done, id }) => {
      await done(insert(counters, counter('a')))
      const batch = id()
      const add = [patch(counters, ['a'], { add: { n: 1 } }), append(happenings, happening('a', 1))]
      assert.deepEqual(await store.commit(batch, add), ok)
      await done(patch(counters, ['a'], { set: { share: 0.5 } }))
      assert.deepEqual(await store.commit(batch, add), ok)
      assert.deepEqual(await store.commit(batch, [insert(counters, counter('b'))]), ok)
      assert.deepEqual(await atOnce(8, () => store.commit(batch, add)), Array(8).fill(ok))
      const rows = await allOf(store, counters)
      assert.deepEqual(
        rows.map(({ id: name, n, share }) => [name, n, share]),
        [['a', 1, 0.5]],
      )
      assert.equal((await entriesOf(store, happenings)).length, 1)
    },
  },
  {
    name: 'the same id sixteen times at once is applied once, and all are answered ok',
    check: async ({ store, done, id }) => {
      await done(insert(counters, counter('a')))
      const batch = id()
      const add = [patch(counters, ['a'], { add: { n: 1 } })]
      assert.deepEqual(await atOnce(16, () => store.commit(batch, add)), Array(16).fill(ok))
      assert.equal((await store.get(counters, ['a']))?.n, 1)
    },
  },
  {
    name: 'an id whose batch failed is not taken for applied',
    check: async ({ store, id }) => {
      const batch = id()
      const failed = await store.commit(batch, [remove(counters, ['a'])])
      assert.deepEqual(failed, { ok: false, change: 0, why: 'missing' })
      const again = await store.commit(batch, [insert(counters, counter('a'))]).catch(() => undefined)
      assert.equal((await store.get(counters, ['a'])) !== undefined, again?.ok === true)
    },
  },
  {
    name: 'an id older than twelve hours is refused, a younger one is not, and a malformed one is',
    check: async ({ harness, store }) => {
      const aged = (ms: number): BatchId => newBatchId(harness.now() - ms, chance)
      assert.equal(batchIdLifetimeMs, 12 * hourMs)
      const one = insert(counters, counter('a'))
      await refusedForGood('12 h and a minute', () => store.commit(aged(12 * hourMs + 60_000), [one]))
      await refusedForGood('a month', () => store.commit(aged(720 * hourMs), [one]))
      for (const text of ['', 'x', `${aged(0)}0`, aged(0).toUpperCase().replace('0', 'G')]) {
        await refusedForGood(`id ${JSON.stringify(text)}`, () => store.commit(text as BatchId, [one]))
      }
      assert.deepEqual(await allOf(store, counters), [])
      assert.deepEqual(await store.commit(aged(12 * hourMs - 60_000), [one]), ok)
    },
  },
  {
    name: 'what stands in a key or an order has at most 2,560 bytes together, in whatever script',
    check: async ({ store, done, tried }) => {
      assert.equal(storeLimits.bytesPerKey, 2560)
      // Of no use to a server that compresses.
      const text = (bytes: number): string => {
        const chars = Array.from({ length: Math.floor(bytes / 3) }, (_, n) =>
          String.fromCodePoint(0x4e00 + ((n * 7_919 + n * n * 104_729) % 20_000)),
        )
        return chars.join('') + 'x'.repeat(bytes % 3)
      }
      // The order byN has the number, of 8 bytes, before the key.
      await done(insert(counters, counter(text(2552))))
      assert.equal((await store.get(counters, [text(2552)]))?.n, 0)
      const longest = { space: text(1280), name: text(640), label: text(1280 - 640 - 8) }
      const rev = await done(insert(items, item(1, longest)))
      const { rows } = await store.find(items, { index: 'byLabel', eq: [longest.label], limit: 2 })
      assert.deepEqual(
        rows.map(({ serial }) => serial),
        [1],
      )
      const seal = new Uint8Array(641)
      const key = [longest.space, longest.name]
      await refusedForGood('a key', () => tried(insert(counters, counter(text(2561)))))
      await refusedForGood('a key in an order', () => tried(insert(counters, counter(text(2553)))))
      await refusedForGood('a unique key', () => tried(insert(items, item(2, { label: text(2557) }))))
      await refusedForGood('an order', () => tried(put(items, item(1, { ...longest, seal }), rev)))
      await refusedForGood('a set', () => tried(patch(items, key, { set: { label: text(1281) } })))
      await refusedForGood('set bytes', () => tried(patch(items, key, { set: { seal } })))
      // Beside keys and orders there is more room.
      await done(patch(items, key, { set: { note: text(1_000_000) } }))
      const kept = await store.get(items, key)
      assert.deepEqual([kept?.label === longest.label, kept?.note?.length], [true, 333_334])
      assert.equal(await store.count(items, { index: 'key', upTo: 2 }), 1)
      await done(remove(items, key))
    },
  },
  {
    name: 'a batch of 1,000 changes is well, one of 1,001 is refused whole',
    check: async ({ store, done, tried }) => {
      const many = (length: number, from: string): Change[] =>
        Array.from({ length }, (_, n) => insert(counters, counter(`${from}${n}`)))
      assert.equal(storeLimits.changesPerBatch, 1000)
      await done(...many(1000, 'a'))
      assert.equal(await store.count(counters, { index: 'key', upTo: 2000 }), 1000)
      await refusedForGood('1,001 changes', () => tried(...many(1001, 'b')))
      assert.equal(await store.count(counters, { index: 'key', upTo: 2000 }), 1000)
    },
  },
  {
    name: 'a batch of nearly 4 MiB is well, one of more is refused whole',
    check: async ({ store, done, tried }) => {
      const mebibyte = 1024 * 1024
      const body = Uint8Array.from({ length: mebibyte }, (_, n) => (n * n) % 251)
      const large = (n: number, length: number): Change =>
        insert(items, item(n, { body: body.slice(0, length) }))
      await done(...[1, 2, 3].map((n) => large(n, mebibyte)), large(4, mebibyte - 4096))
      const found = await store.get(items, ['here', 'item-3'])
      assert.ok(Buffer.from(body).equals(found?.body ?? new Uint8Array()))
      await refusedForGood('4 MiB and more', () => tried(...[5, 6, 7, 8].map((n) => large(n, mebibyte))))
      const text = '\u00e9'.repeat(mebibyte)
      await refusedForGood('4 MiB of text', () =>
        tried(
          insert(items, item(5, { note: text })),
          insert(items, item(6, { note: text, body: Uint8Array.of(1) })),
        ),
      )
      assert.equal(await store.count(items, { index: 'key', upTo: 100 }), 4)
    },
  },
  {
    name: 'what the schema does not declare is refused',
    check: async ({ store, tried }) => {
      const stranger: Table = { name: 'strangers', columns: { id: 'text' }, key: ['id'] }
      await refusedForGood('a change of an unknown table', () => tried(insert(stranger, { id: 'a' })))
      await refusedForGood('an unknown log', () =>
        tried(append({ name: 'strange', columns: { a: 'text' } }, { a: '' })),
      )
      await refusedForGood('an unknown change', () =>
        tried({ do: 'upsert', table: counters, row: {} } as never),
      )
      await refusedForGood('get', () => store.get(stranger, ['a']))
      await refusedForGood('find', () => store.find(stranger, { index: 'key', limit: 1 }))
      await refusedForGood('tail', () =>
        store.tail({ name: 'strange', columns: { a: 'text' } }, undefined, 1),
      )
    },
  },
  {
    name: 'a guard that is asked for and not given is refused',
    check: async ({ store, done, tried }) => {
      await done(insert(counters, counter('a')))
      const none = undefined as unknown as BatchId
      await refusedForGood('put', () => tried(put(counters, counter('a', 1), none)))
      await refusedForGood('remove', () => tried(remove(counters, ['a'], { rev: none })))
      await refusedForGood('check', () => tried(check(counters, ['a'], none)))
      assert.equal((await store.get(counters, ['a']))?.n, 0)
    },
  },
]
