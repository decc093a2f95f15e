/**
 * Names that a tier has still to forget, each with the turn in which that was asked for: what is paid is what was owed when
 * the paying began.
 */
export class Debts {
  readonly #most: number
  readonly #names = new Map<string, number>()
  #turn = 0
  /** Since more was owed than can be remembered: all of it. */
  #all: number | undefined

  constructor(most: number) {
    this.#most = most
  }

  get any(): boolean {
    return this.#all !== undefined || this.#names.size > 0
  }

  has(name: string): boolean {
    return this.#all !== undefined || this.#names.has(name)
  }

  add(names: readonly string[]): void {
    this.#turn += 1
    for (const name of names) this.#names.set(name, this.#turn)
    if (this.#names.size > this.#most) this.addAll()
  }

  addAll(): void {
    this.#turn += 1
    this.#all = this.#turn
    this.#names.clear()
  }

  /** Goes up with whatever is owed. */
  get turn(): number {
    return this.#turn
  }

  /** Another value stands under the name, which was put there in that turn. */
  settle(name: string, turn: number): void {
    if ((this.#names.get(name) ?? Infinity) <= turn) this.#names.delete(name)
  }

  /** 'all', or some of the names. */
  next(atOnce: number): { readonly turn: number; readonly names: readonly string[] | 'all' } {
    if (this.#all !== undefined) return { turn: this.#turn, names: 'all' }
    return { turn: this.#turn, names: this.#names.keys().take(atOnce).toArray() }
  }

  paid({ turn, names }: ReturnType<Debts['next']>): void {
    if (names === 'all') {
      if (this.#all !== undefined && this.#all <= turn) this.#all = undefined
      return
    }
    for (const name of names) this.settle(name, turn)
  }
}
