import type { Clock } from '../../ports/clock/clock.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'

export interface TrialParts {
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly limits: { readonly probeTime: number; readonly probeInterval: number }
}

export interface TrialOptions<T> {
  /** What is tried, for the log. */
  readonly part: string
  readonly attempt: () => Promise<T>
  /** A failure in words that anyone may read. */
  readonly describe: (error: unknown) => string
}

export interface Found<T> {
  /** `ok`, or what is wrong and what to do. */
  readonly said: string
  readonly value?: T
  readonly error?: unknown
}

export const well = 'ok'

/**
 * One thing that is tried. What was found is told again for `limits.probeInterval`, so that who asks often costs nothing;
 * what does not answer within `limits.probeTime` is slow, and is not begun a second time meanwhile.
 */
export class Trial<T> {
  readonly #parts: TrialParts
  readonly #options: TrialOptions<T>
  #found: { readonly what: Found<T>; readonly at: number } | undefined
  #running: { readonly begunAt: number; readonly end: Promise<Found<T>> } | undefined
  /** What the operator was last told. */
  #told = well

  constructor(parts: TrialParts, options: TrialOptions<T>) {
    this.#parts = parts
    this.#options = options
  }

  async look(): Promise<Found<T>> {
    const { clock, limits } = this.#parts
    const now = clock.monotonic()
    if (this.#found !== undefined && now - this.#found.at < limits.probeInterval) return this.#found.what
    this.#running ??= { begunAt: now, end: this.#run() }
    const { begunAt, end } = this.#running
    const ended = new AbortController()
    const slow: Found<T> = {
      said: `it has not answered within ${limits.probeTime} ms: look at the load and the health of its disk`,
    }
    const found = await Promise.race([
      end,
      clock.sleep(begunAt + limits.probeTime - now, ended.signal).then(() => slow),
    ])
    ended.abort()
    this.#tell(found)
    return found
  }

  async #run(): Promise<Found<T>> {
    const { attempt, describe } = this.#options
    const what = await attempt().then(
      (value): Found<T> => ({ said: well, value }),
      (error: unknown): Found<T> => ({ said: describe(error), error }),
    )
    this.#found = { what, at: this.#parts.clock.monotonic() }
    this.#running = undefined
    return what
  }

  /** Once that a part is not well, and once that it is again. */
  #tell({ said, error }: Found<T>): void {
    if (said === this.#told) return
    const { telemetry } = this.#parts
    const { part } = this.#options
    if (said === well) telemetry.info('a part is well again', { part })
    else telemetry.error('a part is not well', error ?? new Error(said), { part })
    this.#told = said
  }
}
