import { RegistryError } from '../../../domain/error.ts'

export interface GateBounds {
  /** How many pass at once. */
  readonly width: number
  /** How many may wait; one more is refused. */
  readonly queue: number
}

/** What who is refused is told to wait. */
const retryAfterMs = 1000

/** Lets so many through at once, the others in the order in which they came. */
export class Gate {
  readonly #bounds: GateBounds
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(bounds: GateBounds) {
    this.#bounds = bounds
  }

  /** @throws RegistryError `too-many-requests` where the queue is full */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      // The place goes to who waited longest, so that nobody who comes now slips in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#inside -= 1
      else next()
    }
  }

  async #enter(): Promise<void> {
    if (this.#inside < this.#bounds.width) {
      this.#inside += 1
      return
    }
    if (this.#waiting.length >= this.#bounds.queue)
      throw new RegistryError('too-many-requests', { retryAfterMs })
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
