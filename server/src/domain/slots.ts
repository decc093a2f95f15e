/** Things that come and go in a place that stays, each under a number. Numbers are used again. Why no `Map`: see PassingMap. */
export class Slots<T extends object> {
  readonly #held: (T | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#held.length - this.#free.length
  }

  /** Every number that was given out is below it. */
  get reach(): number {
    return this.#held.length
  }

  /** Answers the thing's number. */
  put(thing: T): number {
    const at = this.#free.pop() ?? this.#held.length
    this.#held[at] = thing
    return at
  }

  get(at: number): T | undefined {
    return this.#held[at]
  }

  /** The number is free from now on. Undefined: it was already, or was never given out. */
  take(at: number): T | undefined {
    const thing = this.#held[at]
    if (thing === undefined) return undefined
    this.#held[at] = undefined
    this.#free.push(at)
    return thing
  }

  /** In no order that means anything. */
  *values(): Generator<T, void> {
    for (const thing of this.#held) if (thing !== undefined) yield thing
  }
}
