import { refused } from '../shared/refuse.ts'

/** The calls under way in a transaction, until no more are taken. */
export class Calls {
  readonly #running = new Set<Promise<unknown>>()
  #ended = false

  /** Begins at once. Throws `permanent` once the transaction has ended. */
  run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#ended) throw endedTransaction()
    const running = call()
    const settled = running
      .catch(() => undefined)
      .then(() => {
        this.#running.delete(settled)
      })
    this.#running.add(settled)
    return running
  }

  /** Takes no more, and waits for those that were begun. */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#running)
  }
}

export function endedTransaction(): Error {
  return refused('the transaction has ended')
}
