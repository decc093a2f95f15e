export interface QueueLimits {
  readonly batches: number
  readonly bytes: number
}

/** Beyond them a commit is refused as transient: waiting longer would help nobody. */
export const queueLimits: QueueLimits = { batches: 4_096, bytes: 64 * 1024 * 1024 }

const batches = 0
const bytes = 1

/** How much waits to be written, over all threads of the process that share the memory. */
export class QueueRoom {
  readonly shared: SharedArrayBuffer
  readonly #taken: Int32Array
  readonly #limits: QueueLimits

  constructor(limits: QueueLimits = queueLimits, shared: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#limits = limits
    this.shared = shared
    this.#taken = new Int32Array(shared)
  }

  /** False, and nothing is taken, where the queue is full. */
  take(size: number): boolean {
    const fits =
      Atomics.add(this.#taken, batches, 1) < this.#limits.batches &&
      Atomics.load(this.#taken, bytes) + size <= this.#limits.bytes
    if (!fits) {
      Atomics.sub(this.#taken, batches, 1)
      return false
    }
    Atomics.add(this.#taken, bytes, size)
    return true
  }

  giveBack(size: number): void {
    Atomics.sub(this.#taken, bytes, size)
    Atomics.sub(this.#taken, batches, 1)
  }
}
