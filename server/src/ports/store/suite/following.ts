import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { insert, patch, remove } from '../change.ts'
import { rowHash, tableHash, uniqueHash } from '../row-hash.ts'
import type { Follower, Following, Store } from '../store.ts'
import { atOnce, type StoreCase } from './harness.ts'
import { counter, counters, item, items } from './sample.ts'

/** How long the suite waits for what an engine has to tell at least twice a second. */
const patienceMs = 10_000

const instant = (): number => performance.timeOrigin + performance.now()

interface Ear extends Following {
  readonly heard: ReadonlyMap<number, number>
  mark(): number
  /** Until everything that was answered before this call has been told. */
  caughtUp(): Promise<void>
}

async function listen(store: Store): Promise<Ear> {
  const heard = new Map<number, number>()
  let known = { mark: Number.NEGATIVE_INFINITY, asOf: Number.NEGATIVE_INFINITY }
  const follower: Follower = {
    touched: (hashes, mark) => {
      for (const hash of hashes) heard.set(hash, Math.max(mark, heard.get(hash) ?? mark))
    },
    current: (mark, asOf) => {
      assert.ok(mark >= known.mark, `the mark went back from ${known.mark} to ${mark}`)
      known = { mark, asOf }
    },
    lost: () => {},
  }
  assert.ok(store.follow !== undefined, 'the engine is shared, and nobody can follow it')
  const following = await store.follow(follower)
  assert.ok(known.asOf > 0, 'settled before the first `current`')
  return {
    era: following.era,
    heard,
    mark: () => known.mark,
    caughtUp: async () => {
      const since = instant()
      while (known.asOf < since) {
        assert.ok(instant() - since < patienceMs, 'nothing was told for a long time')
        await pause(5)
      }
    },
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  }
}

/** What one process hears of another's commits. */
export const following: readonly StoreCase[] = [
  {
    name: 'whoever follows hears of every row that another process changed: by its key, its unique keys, its table',
    shared: true,
    check: async ({ store, done, another }) => {
      await using ear = await listen(await another())
      await done(insert(items, item(1)), insert(counters, counter('a')))
      await done(patch(counters, ['a'], { add: { n: 1 } }))
      await ear.caughtUp()
      const expected = [
        rowHash('items', ['here', 'item-1']),
        uniqueHash('items', 'serial', [1]),
        tableHash('items'),
        rowHash('counters', ['a']),
        tableHash('counters'),
      ]
      for (const hash of expected) assert.ok(ear.heard.has(hash))
      const before = ear.heard.get(rowHash('items', ['here', 'item-1'])) as number
      await done(remove(items, ['here', 'item-1']))
      await ear.caughtUp()
      assert.ok((ear.heard.get(rowHash('items', ['here', 'item-1'])) as number) > before)
      assert.equal(store.can.shared, true)
    },
  },
  {
    name: 'a process hears of its own commits too, and two that follow are told the same marks in one era',
    shared: true,
    check: async ({ store, done, another }) => {
      await using own = await listen(store)
      await using other = await listen(await another())
      await done(insert(counters, counter('a')))
      await Promise.all([own.caughtUp(), other.caughtUp()])
      const hash = rowHash('counters', ['a'])
      assert.ok(own.heard.has(hash))
      assert.equal(own.heard.get(hash), other.heard.get(hash))
      assert.equal(own.era, other.era)
    },
  },
  {
    name: 'once all that was answered is told, the mark is past every commit of it, under many at once',
    shared: true,
    check: async ({ done, another }) => {
      await using ear = await listen(await another())
      for (let round = 0; round < 3; round++) {
        await atOnce(20, (n) => done(insert(counters, counter(`${round}-${n}`))))
        await ear.caughtUp()
        for (let n = 0; n < 20; n++) {
          const mark = ear.heard.get(rowHash('counters', [`${round}-${n}`]))
          assert.ok(mark !== undefined, `nothing was told of ${round}-${n}`)
          assert.ok(mark < ear.mark(), `${round}-${n}: ${mark} is not below ${ear.mark()}`)
        }
      }
    },
  },
  {
    name: 'what a reader was told is below the mark, it sees when it reads',
    shared: true,
    check: async ({ done, another, id, store }) => {
      const beside = await another()
      await using ear = await listen(beside)
      await done(insert(counters, counter('a')))
      let writing = true
      const writer = (async () => {
        for (let n = 1; n <= 40; n++) await store.commit(id(), [patch(counters, ['a'], { set: { n } })])
        writing = false
      })()
      const hash = rowHash('counters', ['a'])
      while (writing) {
        const { mark } = ear
        const [known, told] = [mark(), ear.heard.get(hash)]
        const before = (await beside.get(counters, ['a']))?.n ?? -1
        const then = (await beside.get(counters, ['a']))?.n ?? -1
        assert.ok(then >= before)
        if (told !== undefined && told < known) assert.ok(before >= 0)
        await pause(5)
      }
      await writer
      await ear.caughtUp()
      assert.equal((await beside.get(counters, ['a']))?.n, 40)
    },
  },
  {
    name: 'who has stopped to follow is told nothing more',
    shared: true,
    check: async ({ done, another }) => {
      const store = await another()
      const ear = await listen(store)
      await ear[Symbol.asyncDispose]()
      const told = ear.heard.size
      await using other = await listen(store)
      await done(insert(counters, counter('late')))
      await other.caughtUp()
      assert.ok(other.heard.has(rowHash('counters', ['late'])))
      assert.equal(ear.heard.size, told)
    },
  },
]
