/** Thrown where an answer would take more steps than it may. */
export class TooManySteps extends Error {}

/** Work that is counted: by a clock a slow machine would answer otherwise than a fast one. */
export class Steps {
  #left: number
  readonly #most: number

  constructor(most: number) {
    this.#most = most
    this.#left = most
  }

  get taken(): number {
    return this.#most - this.#left
  }

  /** @throws TooManySteps */
  readonly spend = (steps: number): void => {
    this.#left -= steps
    if (this.#left < 0) throw new TooManySteps(`takes more than ${this.#most} steps to check`)
  }
}
