import assert from 'node:assert/strict'
import { append, insert, put } from '../change.ts'
import type { Position, SeenEntry } from '../store.ts'
import { tailNow } from '../tail-now.ts'
import { atOnce, pacer, refusedForGood, type StoreCase } from './harness.ts'
import { counter, counters, entriesOf, type Happening, happening, happenings, others } from './sample.ts'

/** For a reader to see all that was written. */
const waitMs = 60_000

export const logs: readonly StoreCase[] = [
  {
    name: 'a log answers its entries in the order of commits, and within a batch in that of its list',
    check: async ({ store, done }) => {
      await done(append(happenings, happening('a', 1)), append(happenings, happening('a', 2)))
      await done(append(others, { text: 'elsewhere' }))
      await done(append(happenings, { who: '\u{10000}', n: -3, loud: true, data: Uint8Array.of(0, 255) }))
      assert.deepEqual(await entriesOf(store, happenings), [
        happening('a', 1),
        happening('a', 2),
        { who: '\u{10000}', n: -3, loud: true, data: Uint8Array.of(0, 255) },
      ])
      assert.deepEqual(await entriesOf(store, others), [{ text: 'elsewhere' }])
    },
  },
  {
    name: 'tail goes on after a position, at most as far as it is told, and answers nothing at the end',
    check: async ({ store, done }) => {
      await done(...[1, 2, 3, 4, 5].map((n) => append(happenings, happening('a', n))))
      const first = await store.tail(happenings, undefined, 2)
      assert.deepEqual(
        first.entries.map(({ row }) => row.n),
        [1, 2],
      )
      const rest = await store.tail(happenings, first.entries[1]?.at, 1000)
      assert.deepEqual(
        rest.entries.map(({ row }) => row.n),
        [3, 4, 5],
      )
      const end = rest.entries.at(-1)?.at
      assert.deepEqual(await store.tail(happenings, end, 10), { entries: [] })
      await done(append(happenings, happening('a', 6)))
      const [added, ...none] = (await store.tail(happenings, end, 10)).entries
      assert.deepEqual([added?.row, none], [happening('a', 6), []])
      assert.deepEqual((await store.tail(others, undefined, 10)).entries, [])
    },
  },
  {
    name: 'last answers where a log ends: nothing is behind it until more is committed, and nothing where it is empty',
    check: async ({ store, done }) => {
      assert.equal(await store.last(happenings), undefined)
      await done(append(others, { text: 'elsewhere' }))
      assert.equal(await store.last(happenings), undefined)
      for (let n = 1; n <= 3; n++) {
        await done(append(happenings, happening('a', n)), append(happenings, happening('b', n)))
        const end = await store.last(happenings)
        assert.equal(end, (await store.tail(happenings, undefined, 1000)).entries.at(-1)?.at)
        assert.deepEqual(await store.tail(happenings, end, 10), { entries: [] })
        await done(append(happenings, happening('c', n)))
        assert.deepEqual(
          (await store.tail(happenings, end, 10)).entries.map(({ row }) => row),
          [happening('c', n)],
        )
      }
    },
  },
  {
    name: 'tail refuses a page of none or more than 1,000, and a position of noise',
    check: async ({ store }) => {
      for (const limit of [0, -1, 1001, 0.5]) {
        await refusedForGood(`limit ${limit}`, () => store.tail(happenings, undefined, limit))
      }
      for (const at of ['', 'noise', '-1', '1; DROP', '0x1']) {
        await refusedForGood(JSON.stringify(at), () => store.tail(happenings, at as Position, 1))
      }
    },
  },
  {
    name: 'a reader that follows many writers misses nothing, and sees each commit once it is answered',
    check: async ({ store, done }) => {
      const writers = 8
      const each = 30
      const seen: Happening[] = []
      let after: Position | undefined
      const follow = async (): Promise<void> => {
        const { entries } = await store.tail(happenings, after, 9)
        seen.push(...entries.map(({ row }) => row))
        after = entries.at(-1)?.at ?? after
      }
      const reader = async (): Promise<void> => {
        const pace = pacer()
        const end = performance.now() + waitMs
        while (seen.length < writers * each) {
          assert.ok(performance.now() < end, `only ${seen.length} entries came`)
          await pace()
          await follow()
        }
      }
      const writer = async (w: number): Promise<void> => {
        for (let n = 0; n < each; n++) {
          const { entries: before } = await store.tail(happenings, after, 1000)
          await done(append(happenings, happening(`w${w}`, n)))
          if (n % 10 !== 0) continue
          const all = await entriesOf(store, happenings)
          assert.ok(all.length > before.length)
          assert.ok(all.some((row) => row.who === `w${w}` && row.n === n))
        }
      }
      await Promise.all([reader(), atOnce(writers, writer)])
      await follow()
      assert.deepEqual(seen, await entriesOf(store, happenings))
      for (let w = 0; w < writers; w++) {
        const own = seen.filter(({ who }) => who === `w${w}`)
        assert.deepEqual(
          own.map(({ n }) => n),
          Array.from({ length: each }, (_, n) => n),
        )
      }
    },
  },
  {
    name: 'all that is committed is told at once, settled or not, page by page; what is settled stays as it was told',
    check: async ({ store, done }) => {
      const walk = async (limit: number): Promise<SeenEntry<Happening>[]> => {
        const seen: SeenEntry<Happening>[] = []
        for (;;) {
          const page = await tailNow(store, happenings, { after: seen.at(-1)?.at, limit })
          assert.ok(page.length <= limit)
          seen.push(...page)
          if (page.length < limit) return seen
        }
      }
      assert.deepEqual(await walk(1), [])
      const told: SeenEntry<Happening>[][] = []
      await atOnce(8, async (w) => {
        for (let n = 0; n < 10; n++) {
          await done(append(happenings, happening(`w${w}`, n)))
          const seen = await walk(n % 2 === 0 ? 1000 : 7)
          assert.ok(
            seen.some(({ row }) => row.who === `w${w}` && row.n === n),
            'what was answered is not told',
          )
          // Between two pages more is committed, and settled.
          if (n % 2 === 0) told.push(seen)
        }
      })
      const end = await store.last(happenings)
      const all = (await store.tail(happenings, undefined, 1000)).entries
      assert.equal(all.length, 80)
      const waited = pacer()
      const late = performance.now() + waitMs
      for (let seen = await walk(1000); ; seen = await walk(1000)) {
        assert.deepEqual(
          seen.map(({ at, row }) => ({ at, row })),
          all,
        )
        if (seen.every(({ isSettled }) => isSettled)) break
        assert.ok(performance.now() < late, 'what nobody writes before is never settled')
        await waited()
      }
      for (const seen of told) {
        const settled = seen.filter(({ isSettled }) => isSettled)
        assert.deepEqual(
          settled.map(({ at, row }) => ({ at, row })),
          all.slice(0, settled.length),
        )
        assert.ok(!seen.slice(0, settled.length).some(({ isSettled }) => !isSettled))
      }
      assert.deepEqual(await tailNow(store, happenings, { after: end, limit: 10 }), [])
      for (const limit of [0, 1001])
        await refusedForGood(`limit ${limit}`, () => tailNow(store, happenings, { after: undefined, limit }))
      await refusedForGood('noise', () =>
        tailNow(store, happenings, { after: 'noise' as Position, limit: 1 }),
      )
    },
  },
  {
    name: 'entries stand in the order in which the rows of their batches changed',
    check: async ({ store, done, tried }) => {
      await done(insert(counters, counter('a')))
      await atOnce(8, async (w) => {
        for (let won = 0; won < 5; ) {
          const row = await store.get(counters, ['a'])
          assert.ok(row !== undefined)
          const n = row.n + 1
          const outcome = await tried(
            put(counters, counter('a', n), row.rev),
            append(happenings, happening(`w${w}`, n)),
          )
          if (outcome.ok) won += 1
        }
      })
      const entries = await entriesOf(store, happenings)
      assert.deepEqual(
        entries.map(({ n }) => n),
        Array.from({ length: 40 }, (_, n) => n + 1),
      )
    },
  },
]
