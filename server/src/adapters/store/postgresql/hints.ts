import type { Connections } from './connections.ts'
import { hintChannel } from './receipts.ts'

/** The least between two hints, in ms: those who follow look at all that came meanwhile. */
const pauseMs = 20

/**
 * Tells those who follow that there is something to be looked at. Never within a commit: notifications of transactions make
 * them wait for each other.
 */
export class Hints {
  readonly #connections: Connections
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()
  #ended = false

  constructor(connections: Connections) {
    this.#connections = connections
  }

  give(): void {
    if (this.#timer !== undefined || this.#ended) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#sending = this.#send()
    }, pauseMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#sending
  }

  async #send(): Promise<void> {
    try {
      await this.#connections.rows({ sql: `SELECT pg_notify('${hintChannel}', '')`, values: [] })
    } catch {
      // Whoever follows looks by itself a moment later.
    }
  }
}
