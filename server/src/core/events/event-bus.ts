import type { LogEntry, Position, Store } from '../../ports/store/store.ts'
import { type EventRow, events } from '../ledger/tables.ts'

/** An event with its place in the log: a reader that keeps it goes on from there after a restart. */
export interface LoggedEvent extends EventRow {
  readonly position: Position
}

type Entries = readonly LogEntry<EventRow>[]
type BusStore = Pick<Store, 'tail' | 'tailNow' | 'last'>

/** Rows that one read of the log brings. */
const readAhead = 256
/** How soon it is looked again for what is there and not shown yet, ms; twice as long after each look in vain. */
const lookAgainFrom = 10
const lookAgainUpTo = 320

/**
 * Events in the order of their commits. The log is the truth; what travels in the process is only the news that there
 * is more of it, so a listener that was slow, or not there, misses nothing.
 */
export class EventBus {
  readonly #store: BusStore
  readonly #waiting = new Set<() => void>()
  readonly #listeners = new Set<() => void>()
  #closed: Error | undefined

  constructor(store: BusStore) {
    this.#store = store
  }

  /** There may be more to read. */
  publish(): void {
    for (const listener of this.#listeners) listener()
    // Each `clear` makes a new table, also of what is empty.
    if (this.#waiting.size === 0) return
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Called whenever there may be more to read, by whoever reads the log in a way of their own. */
  onNews(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** There is nothing more to read here: whoever waits, and whoever reads from now on, is thrown `why`. Again changes nothing. */
  close(why: Error): void {
    this.#closed ??= why
    this.publish()
  }

  /** Where the log ends now, for whoever wants what comes from here on; undefined before the first event. */
  async last(): Promise<Position | undefined> {
    return await this.#store.last(events)
  }

  /**
   * Events after a place, `undefined` for all of them, as they come; ends when the signal aborts.
   * @throws what `close` was given; StoreError
   */
  async *read(after: Position | undefined, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
    let position = after
    let inVain = 0
    while (!signal.aborted) {
      // The ear is open before the look: an event between the two is heard.
      const news = this.#next(signal)
      try {
        const entries = await this.#entriesBehind(position)
        for (const entry of entries) {
          if (signal.aborted) return
          this.#requireOpen()
          position = entry.at
          yield { ...entry.row, position: entry.at }
        }
        if (entries.length > 0) inVain = 0
        // Of what holds it up there may be no news: it may end without anything to tell.
        else if (await this.#isMoreBehind(position))
          await oneOf(news.promise, Math.min(lookAgainUpTo, lookAgainFrom * 2 ** inVain++))
        else {
          inVain = 0
          await news.promise
        }
      } finally {
        news.forget()
      }
    }
  }

  async #entriesBehind(position: Position | undefined): Promise<Entries> {
    return await this.#looked(async () => (await this.#store.tail(events, position, readAhead)).entries)
  }

  /** There is something that the store shows to no reader yet. */
  async #isMoreBehind(position: Position | undefined): Promise<boolean> {
    const tailNow = this.#store.tailNow?.bind(this.#store)
    if (tailNow === undefined) return false
    return await this.#looked(async () => (await tailNow(events, position, 1)).entries.length > 0)
  }

  async #looked<T>(look: () => Promise<T>): Promise<T> {
    this.#requireOpen()
    try {
      return await look()
    } catch (error) {
      // The store is closed behind the bus: what that has done to the look says nothing by itself.
      this.#requireOpen()
      throw error
    }
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw this.#closed
  }

  #next(signal: AbortSignal): { promise: Promise<void>; forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = (): void => {
      this.#waiting.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    this.#waiting.add(done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
    return { promise, forget: done }
  }
}

async function oneOf(news: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([news, late])
  clearTimeout(timer)
}
