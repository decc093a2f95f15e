import type { Clock } from '../../../ports/clock/clock.ts'

export interface BreakerOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** So many failures in a row open it. */
  readonly failures: number
  /** How long nobody is let through then, in ms. After it one tries for all. */
  readonly pauseMs: number
}

/** What whoever is let through brings back. */
export interface Pass {
  readonly isProbe: boolean
}

/** Keeps callers from what fails again and again. */
export class Breaker {
  readonly #options: BreakerOptions
  #failed = 0
  /** Open since something failed too often; until then nobody tries. */
  #until: number | undefined
  #isProbed = false

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#until !== undefined
  }

  /** undefined: not now. Whoever gets a pass calls `leave` in any case. */
  enter(): Pass | undefined {
    if (this.#until === undefined) return { isProbe: false }
    if (this.#isProbed || this.#options.clock.monotonic() < this.#until) return undefined
    this.#isProbed = true
    return { isProbe: true }
  }

  /** @returns whether this has opened or closed it */
  leave({ isProbe }: Pass, isOk: boolean): boolean {
    if (isProbe) this.#isProbed = false
    // Who came in before it opened says nothing of now.
    else if (this.isOpen) return false
    if (isOk) {
      this.#failed = 0
      this.#until = undefined
      return isProbe
    }
    this.#failed += 1
    if (!isProbe && this.#failed < this.#options.failures) return false
    this.#until = this.#options.clock.monotonic() + this.#options.pauseMs
    return !isProbe
  }
}
