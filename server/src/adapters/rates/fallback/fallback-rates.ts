import type { Rate, Taken } from '../../../domain/rate.ts'
import { RatesError } from '../../../ports/rates/errors.ts'
import type { Rates } from '../../../ports/rates/rates.ts'

export interface FallbackRatesOptions {
  readonly first: Rates
  /** Asked while the first does not answer. Never fails. */
  readonly second: Rates
  /** ms, of a clock that never steps back. */
  readonly monotonic: () => number
  /** For so long after a failure the first is not asked: whoever asks does not wait for nothing. ms. */
  readonly restMs: number
  /** Told of each rest that begins. */
  readonly onRest: (error: RatesError) => void
}

/** Limits that go on in each process by itself while what they share does not answer: neither all nor nobody is refused. */
export class FallbackRates implements Rates {
  readonly #options: FallbackRatesOptions
  #restsUntil = Number.NEGATIVE_INFINITY

  constructor(options: FallbackRatesOptions) {
    this.#options = options
  }

  take(key: string, rate: Rate, cost = 1): Taken | Promise<Taken> {
    const { first, second, monotonic } = this.#options
    if (monotonic() < this.#restsUntil) return second.take(key, rate, cost)
    const taken = first.take(key, rate, cost)
    if (!(taken instanceof Promise)) return taken
    return taken.catch((error: unknown) => {
      if (!(error instanceof RatesError)) throw error
      this.#rest(error)
      return second.take(key, rate, cost)
    })
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.first.close(), this.#options.second.close()])
  }

  #rest(error: RatesError): void {
    const { monotonic, restMs, onRest } = this.#options
    const now = monotonic()
    if (now < this.#restsUntil) return
    this.#restsUntil = now + restMs
    onRest(error)
  }
}
