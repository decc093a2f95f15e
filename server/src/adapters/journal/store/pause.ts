import type { Clock } from '../../../ports/clock/clock.ts'

/** How long to leave alone what has just failed: longer each time, until it goes well again. Times are in ms. */
export class Pause {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #first: number
  readonly #longest: number
  #failures = 0
  #until = 0

  constructor(
    clock: Pick<Clock, 'monotonic'>,
    { first, longest }: { readonly first: number; readonly longest: number },
  ) {
    this.#clock = clock
    this.#first = first
    this.#longest = longest
  }

  /** False: it has begun already, and what fails meanwhile is no news. */
  begin(): boolean {
    if (this.left() > 0) return false
    this.#until = this.#clock.monotonic() + Math.min(this.#first * 2 ** this.#failures, this.#longest)
    this.#failures++
    return true
  }

  end(): void {
    this.#failures = 0
    this.#until = 0
  }

  left(): number {
    return Math.max(0, this.#until - this.#clock.monotonic())
  }
}
