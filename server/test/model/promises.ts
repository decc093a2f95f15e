/**
 * What the registry has acknowledged, and whether it must still hold. A promise ends when somebody asks for the
 * opposite, from the moment they ask: their request may take effect at any time from then on.
 */
export class Promises {
  readonly #disturbed = new Map<string, number>()
  readonly #disturbing = new Map<string, number>()
  readonly #kept = new Map<string, Promised>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Remembers how things stood; asked again later, it tells whether anybody has come in between. */
  watch(key: string): Watch {
    const before = this.#disturbed.get(key) ?? 0
    const overlapped = (this.#disturbing.get(key) ?? 0) > 0
    return {
      undisturbed: () => !overlapped && (this.#disturbed.get(key) ?? 0) === before,
    }
  }

  /** Runs what may undo the promises of those keys. */
  async disturb<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const key of keys) {
      this.#disturbed.set(key, (this.#disturbed.get(key) ?? 0) + 1)
      this.#disturbing.set(key, (this.#disturbing.get(key) ?? 0) + 1)
      this.#kept.delete(key)
    }
    try {
      return await work()
    } finally {
      for (const key of keys) {
        this.#disturbing.set(key, Math.max(0, (this.#disturbing.get(key) ?? 0) - 1))
        this.#disturbed.set(key, (this.#disturbed.get(key) ?? 0) + 1)
      }
    }
  }

  keep(key: string, value: string, until: number, watch: Watch): void {
    if (!watch.undisturbed()) return
    const before = this.#kept.get(key)
    this.#kept.set(key, { value, until: before?.value === value ? Math.max(before.until, until) : until })
  }

  /** What must hold now. */
  get(key: string): Promised | undefined {
    const kept = this.#kept.get(key)
    return kept !== undefined && this.#now() < kept.until ? kept : undefined
  }

  keys(): string[] {
    return [...this.#kept.keys()].filter((key) => this.get(key) !== undefined)
  }

  /** Those who were disturbing are dead. */
  killed(): void {
    this.#disturbing.clear()
  }
}

export interface Promised {
  readonly value: string
  readonly until: number
}

export interface Watch {
  undisturbed(): boolean
}
