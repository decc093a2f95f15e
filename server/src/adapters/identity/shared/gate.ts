import { RegistryError } from '../../../domain/error.ts'

export interface GateBounds {
  /** How many pass at once. */
  readonly width: number
  /** How many may wait; one more is refused. */
  readonly queue: number
}

interface Waiting {
  enter(): void
  refuse(error: RegistryError): void
}

/** What who is refused is told to wait. */
const retryAfterMs = 1000

/**
 * Lets so many through at once. Of the others each place they come from has its turn, and those of one place come in their
 * order: who fills the queue keeps out themselves.
 */
export class Gate {
  readonly #bounds: GateBounds
  /** By place, none of them empty; the one whose turn is next stands first. */
  readonly #queues = new Map<string, Waiting[]>()
  #waiting = 0
  #inside = 0

  constructor(bounds: GateBounds) {
    this.#bounds = bounds
  }

  /** @throws RegistryError `too-many-requests` where too many wait, and none of another place gives way */
  async pass<T>(from: string, work: () => Promise<T>): Promise<T> {
    await this.#enter(from)
    try {
      return await work()
    } finally {
      // The place goes to who has waited, so that nobody who comes now slips in between.
      const next = this.#next()
      if (next === undefined) this.#inside -= 1
      else next.enter()
    }
  }

  async #enter(from: string): Promise<void> {
    if (this.#inside < this.#bounds.width) {
      this.#inside += 1
      return
    }
    const own = this.#queues.get(from) ?? []
    if (this.#waiting >= this.#bounds.queue) this.#makeRoom(own.length)
    this.#waiting += 1
    this.#queues.set(from, own)
    await new Promise<void>((enter, refuse) => own.push({ enter, refuse }))
  }

  #next(): Waiting | undefined {
    const [first] = this.#queues
    if (first === undefined) return undefined
    const [from, queue] = first
    this.#queues.delete(from)
    const next = queue.shift()
    if (queue.length > 0) this.#queues.set(from, queue)
    this.#waiting -= 1
    return next
  }

  /** The place that has most gives way to one that would not have as many. It is left with one at least. */
  #makeRoom(own: number): void {
    let longest: Waiting[] = []
    for (const queue of this.#queues.values()) if (queue.length > longest.length) longest = queue
    const error = new RegistryError('too-many-requests', { retryAfterMs })
    if (longest.length <= own + 1) throw error
    this.#waiting -= 1
    longest.pop()?.refuse(error)
  }
}
