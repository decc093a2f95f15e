import { closedStore } from '../shared/refuse.ts'

/** Calls of a store that are not done, for whoever closes it. */
export class Underway {
  readonly #calls = new Set<Promise<unknown>>()
  #ending: Promise<void> | undefined

  /** Throws `permanent` where the store is closed. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ending !== undefined) throw closedStore()
    const call = work()
    this.#calls.add(call)
    try {
      return await call
    } finally {
      this.#calls.delete(call)
    }
  }

  /** Refuses every later call, waits for those there are, then does `last`, once. */
  end(last: () => Promise<void>): Promise<void> {
    this.#ending ??= Promise.allSettled(this.#calls).then(last)
    return this.#ending
  }
}
