import { StoreError } from '../../../ports/store/errors.ts'

export interface TurnLimits {
  readonly most: number
  readonly waitMs: number
  readonly atOnce: number
}

/**
 * Lets work that names the same things run one after the other, in the order of arrival: of two transactions that write a
 * row at once MongoDB refuses one, and trying again costs more than waiting. Of all work only so much runs at once, which
 * leaves connections to those who read.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()
  readonly #most: number
  readonly #waitMs: number
  #waiting = 0
  /** How many more may run. */
  #free: number
  readonly #next: (() => void)[] = []

  /** `most` wait, for `waitMs` each, and `atOnce` run. */
  constructor({ most, waitMs, atOnce }: TurnLimits) {
    this.#most = most
    this.#waitMs = waitMs
    this.#free = atOnce
  }

  /** Throws `transient` where too many wait, or the turn does not come in time; nothing has run then. */
  async run<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most)
      throw new StoreError('transient', `more than ${this.#most} batches wait for the database`)
    const turn = this.#take(names)
    const came = turn.came.then(() => this.#room())
    const end = (): void => {
      turn.end()
      this.#leave()
    }
    this.#waiting++
    try {
      await this.#inTime(came)
    } catch (error) {
      void came.then(end)
      throw error
    } finally {
      this.#waiting--
    }
    try {
      return await work()
    } finally {
      end()
    }
  }

  #room(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#next.push(resolve))
    this.#free--
    return undefined
  }

  /** Whoever waits for room has it at once, so that nobody comes in between. */
  #leave(): void {
    const next = this.#next.shift()
    if (next === undefined) this.#free++
    else next()
  }

  /** All names at once, so that no two wait for each other. */
  #take(names: readonly string[]): { readonly came: Promise<unknown>; end(): void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = names.flatMap((name) => this.#last.get(name) ?? [])
    for (const name of names) this.#last.set(name, promise)
    const end = (): void => {
      for (const name of names) if (this.#last.get(name) === promise) this.#last.delete(name)
      resolve()
    }
    return { came: Promise.all(before), end }
  }

  async #inTime(came: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new StoreError('transient', `earlier batches took longer than ${this.#waitMs} ms`)),
      this.#waitMs,
    )
    try {
      await Promise.race([came, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
