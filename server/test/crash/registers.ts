/**
 * What a key may say by now. Requests overlap and may stay unanswered, so a key has a set of possible values: what was
 * last acknowledged, and what a request without an answer has asked for. '' stands for: not there.
 */
export class Registers {
  readonly #claims = new Map<string, Claim[]>()
  readonly #now: () => number
  #tick = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** To be called before the request leaves. */
  ask(key: string, value: string, terms: Terms = {}): Asked {
    const claim: Claim = {
      value,
      until: terms.until ?? Number.POSITIVE_INFINITY,
      lingers: terms.lingers ?? false,
      began: ++this.#tick,
      ended: Number.POSITIVE_INFINITY,
      answered: false,
    }
    this.#set(key, [...this.#of(key), claim])
    return {
      answered: () => {
        claim.ended = ++this.#tick
        if (claim.lingers) return
        claim.answered = true
        const over = (other: Claim): boolean =>
          other.ended < claim.began && (terms.instead === undefined || other.value === terms.instead)
        this.#set(
          key,
          this.#of(key).filter((other) => !over(other)),
        )
      },
      refused: () =>
        this.#set(
          key,
          this.#of(key).filter((other) => other !== claim),
        ),
      unanswered: () => {
        claim.ended = ++this.#tick
      },
    }
  }

  possible(key: string): ReadonlySet<string> {
    const claims = this.#of(key)
    const values = new Set(claims.map(({ value }) => value))
    const now = this.#now()
    if (!claims.some((claim) => claim.answered && claim.until > now)) values.add('')
    return values
  }

  /** The one value that the key must have; undefined where it may have several. */
  certain(key: string): string | undefined {
    const values = [...this.possible(key)]
    return values.length === 1 ? values[0] : undefined
  }

  /** Moves whenever somebody asks for something: between two equal answers nobody has. */
  version(key: string): number {
    return Math.max(0, ...this.#of(key).map(({ began }) => began))
  }

  /** While nobody asks for anything: what was seen is what is. False: it cannot be. */
  observe(key: string, value: string): boolean {
    const isPossible = this.possible(key).has(value)
    const claims = this.#of(key)
    const alike = claims.filter((claim) => claim.answered && claim.value === value)
    const until = value === '' ? Number.POSITIVE_INFINITY : Math.max(0, ...alike.map((claim) => claim.until))
    const seen = { value, until, lingers: false, began: ++this.#tick, ended: ++this.#tick, answered: true }
    // A manifest that is seen without an answer to its push stays as long as any other.
    if (alike.length === 0 && !claims.some((claim) => claim.until < Number.POSITIVE_INFINITY)) {
      seen.until = Number.POSITIVE_INFINITY
    }
    this.#set(key, [...(value === '' ? [] : claims.filter(({ lingers }) => lingers)), seen])
    return isPossible
  }

  forget(key: string): void {
    this.#claims.delete(key)
  }

  keys(prefix: string): string[] {
    return [...this.#claims.keys()].filter((key) => key.startsWith(prefix))
  }

  #of(key: string): readonly Claim[] {
    return this.#claims.get(key) ?? [absent]
  }

  #set(key: string, claims: Claim[]): void {
    this.#claims.set(key, claims)
  }
}

export interface Terms {
  /** Acknowledged until then; afterwards it may be gone. For ever where it is absent. */
  readonly until?: number
  /** Takes effect at any time after its answer, and not on what is asked for after that. */
  readonly lingers?: boolean
  /** Changes the key only where it has this value. */
  readonly instead?: string
}

/** One of the three is to be called when the request is over. */
export interface Asked {
  answered(): void
  /** Told that nothing was changed. */
  refused(): void
  unanswered(): void
}

interface Claim {
  readonly value: string
  until: number
  readonly lingers: boolean
  readonly began: number
  ended: number
  answered: boolean
}

const absent: Claim = {
  value: '',
  until: Number.POSITIVE_INFINITY,
  lingers: false,
  began: 0,
  ended: 0,
  answered: true,
}
