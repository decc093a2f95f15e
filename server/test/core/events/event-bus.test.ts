import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { EventBus, type LoggedEvent } from '../../../src/core/events/event-bus.ts'
import { events } from '../../../src/core/ledger/tables.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append } from '../../../src/ports/store/change.ts'
import type { Position } from '../../../src/ports/store/store.ts'
import { until } from '../../kit/until.ts'

const event = (n: number) => ({
  at: n,
  kind: 'tag.moved',
  repository: 'acme/app',
  tag: `v${n}`,
  digest: '',
  previous: '',
  mediaType: '',
  artifact: '',
  version: '',
  by: 'anonymous',
})

async function world() {
  const store = await openMemoryStore(schema)
  const bus = new EventBus(store)
  let written = 0
  const write = async (count: number): Promise<void> => {
    const rows = Array.from({ length: count }, () => append(events, event(written++)))
    await store.commit(
      newBatchId(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length))),
      rows,
    )
    bus.publish()
  }
  return { store, bus, write }
}

async function take(reader: AsyncGenerator<LoggedEvent>, count: number): Promise<LoggedEvent[]> {
  const taken: LoggedEvent[] = []
  while (taken.length < count) {
    const next = await reader.next()
    assert.ok(!next.done, `the reader ended after ${taken.length}`)
    taken.push(next.value)
  }
  return taken
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n)
const ats = (read: readonly LoggedEvent[]): number[] => read.map(({ at }) => at)

test('what is there is read in its order, page after page, with all its columns', async () => {
  const { bus, write } = await world()
  await write(600)
  const read = await take(bus.read(undefined, new AbortController().signal), 600)
  assert.deepEqual(ats(read), numbers(0, 600))
  const { position, ...row } = read[7] as LoggedEvent
  assert.deepEqual(row, event(7))
  assert.ok(position)
})

test('a reader goes on after any position that it kept', async () => {
  const { bus, write } = await world()
  await write(300)
  const { signal } = new AbortController()
  const all = await take(bus.read(undefined, signal), 300)
  for (const at of [0, 100, 255, 256, 298]) {
    const [next] = await take(bus.read(all[at]?.position, signal), 1)
    assert.equal(next?.at, at + 1)
  }
})

test('a reader that waits hears of what comes, and one that is slow misses nothing', async () => {
  const { bus, write } = await world()
  const { signal } = new AbortController()
  const quick = take(bus.read(undefined, signal), 500)
  const slow = bus.read(undefined, signal)
  const first = take(slow, 1)
  for (let n = 0; n < 50; n++) await write(10)
  assert.deepEqual(ats(await quick), numbers(0, 500))
  assert.deepEqual(ats(await first), [0])
  assert.deepEqual(ats(await take(slow, 499)), numbers(1, 500))
})

test('news between the look and the wait are heard', async () => {
  const { store, write } = await world()
  let between: (() => Promise<void>) | undefined
  const bus = new EventBus({
    last: store.last.bind(store),
    tail: async (log, after, limit) => {
      const page = await store.tail(log, after, limit)
      await between?.()
      return page
    },
  })
  const reader = bus.read(undefined, new AbortController().signal)
  between = async () => {
    between = undefined
    await write(1)
    bus.publish()
  }
  assert.deepEqual(ats(await take(reader, 1)), [0])
})

test('an abort ends a reader: while it waits, before it begins, and between two events', async () => {
  const { bus, write } = await world()
  const waits = new AbortController()
  const waiting = bus.read(undefined, waits.signal).next()
  waits.abort()
  assert.deepEqual(await waiting, { done: true, value: undefined })
  assert.deepEqual(await bus.read(undefined, AbortSignal.abort()).next(), { done: true, value: undefined })
  await write(3)
  const reads = new AbortController()
  const reader = bus.read(undefined, reads.signal)
  await take(reader, 1)
  reads.abort()
  assert.deepEqual(await reader.next(), { done: true, value: undefined })
})

test('a store that fails is heard of, and the next reader begins where the last one got to', async () => {
  const { store, write } = await world()
  await write(2)
  let fails = false
  const bus = new EventBus({
    last: store.last.bind(store),
    tail: (log, after, limit) => (fails ? Promise.reject(new Error('away')) : store.tail(log, after, limit)),
  })
  const { signal } = new AbortController()
  const reader = bus.read(undefined, signal)
  const [, last] = await take(reader, 2)
  fails = true
  await assert.rejects(reader.next(), /away/)
  fails = false
  await write(1)
  assert.deepEqual(ats(await take(bus.read(last?.position, signal), 1)), [2])
})

test('a bus that is closed is told as the reason to whoever waits, looks, reads on or begins, instead of any other fault', async () => {
  const { store, write } = await world()
  await write(3)
  let isStoreClosed = false
  const looking = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let isSlow = false
  const bus = new EventBus({
    last: store.last.bind(store),
    tail: async (log, after, limit) => {
      if (isSlow) {
        looking.resolve()
        await gate.promise
      }
      if (isStoreClosed) throw new Error('the store is closed')
      return await store.tail(log, after, limit)
    },
  })
  const { signal } = new AbortController()
  const reason = new Error('disconnected')
  const closed = (error: unknown): boolean => error === reason
  const begun = (): ReturnType<EventBus['read']> => bus.read(undefined, signal)
  const [waiting, between, unbegun] = [begun(), begun(), begun()]
  await take(waiting, 3)
  await take(between, 1)
  const waits = assert.rejects(waiting.next(), closed)
  await new Promise(setImmediate)
  isSlow = true
  const looks = assert.rejects(begun().next(), closed)
  await looking.promise
  bus.close(reason)
  bus.close(new Error('again'))
  isStoreClosed = true
  gate.resolve()
  await Promise.all([waits, looks])
  for (const reader of [between, unbegun, begun()]) await assert.rejects(reader.next(), closed)
  assert.deepEqual(await bus.read(undefined, AbortSignal.abort()).next(), { done: true, value: undefined })
})

test('readers at different places do not disturb each other', async () => {
  const { bus, write } = await world()
  const { signal } = new AbortController()
  const readers = Array.from({ length: 5 }, () => take(bus.read(undefined, signal), 100))
  const gone = bus.read(undefined, signal)
  for (let n = 0; n < 10; n++) {
    await write(10)
    if (n === 3) await gone.return(undefined)
  }
  for (const reader of readers) assert.deepEqual(ats(await reader), numbers(0, 100))
})

test('a position of the log is all that a reader needs: nothing of the bus', async () => {
  const { store, bus, write } = await world()
  await write(5)
  const [, second] = await take(bus.read(undefined, new AbortController().signal), 2)
  const after = second?.position as Position
  const other = new EventBus(store)
  assert.deepEqual(ats(await take(other.read(after, new AbortController().signal), 3)), [2, 3, 4])
})

test('a reader tells what the store holds back once it is shown, also where no news come of that', async () => {
  const { store, write } = await world()
  await write(3)
  let shown = 1
  let looks = 0
  const bus = new EventBus({
    last: store.last.bind(store),
    tail: async (log, after, limit) => {
      looks++
      const { entries } = await store.tail(log, after, limit)
      return { entries: entries.filter(({ row }) => Number(row['at']) < shown) }
    },
    tailNow: async (log, after, limit) => {
      const { entries } = await store.tail(log, after, limit)
      return { entries: entries.map((entry) => ({ ...entry, isSettled: Number(entry.row['at']) < shown })) }
    },
  })
  const reader = bus.read(undefined, new AbortController().signal)
  assert.deepEqual(ats(await take(reader, 1)), [0])
  const rest = take(reader, 2)
  await until(async () => looks > 4)
  shown = 3
  assert.deepEqual(ats(await rest), [1, 2])
})
