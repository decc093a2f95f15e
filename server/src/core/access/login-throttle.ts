import { RegistryError } from '../../domain/error.ts'
import { networkOf } from '../../domain/network-of.ts'
import type { Rate } from '../../domain/rate.ts'
import type { Rates } from '../../ports/rates/rates.ts'

/** How many wrong ones may be tried; undefined: any number. */
export interface WrongPasswords {
  readonly from: Rate | undefined
  readonly for: Rate | undefined
}

/** Whose password is tried. `from`: the address; undefined: it is not tried over a network. */
export interface Tried {
  readonly user: string
  readonly from: string | undefined
}

type Bucket = readonly [key: string, rate: Rate]

/** So long it is remembered from where somebody has come with the right password. */
const cameFrom: Rate = { tokens: 1, periodMs: 7 * 86_400_000 }

/**
 * Bounds how many passwords can be guessed, by one address for many accounts and by many addresses for one. Where somebody has
 * come from lately with the right password, they are counted by themselves: who guesses elsewhere does not keep them out, and nor
 * does who shares their address (OWASP, "Blocking Brute Force Attacks", device cookies). Names are counted alike whether they are
 * there or not.
 */
export class LoginThrottle {
  readonly #rates: Rates
  readonly #bounds: WrongPasswords

  constructor(rates: Rates, bounds: WrongPasswords) {
    this.#rates = rates
    this.#bounds = bounds
  }

  /**
   * What `attempt` answers; undefined: it was wrong. A try is counted before it is made, so that as many at once are as many.
   * @throws RegistryError `too-many-requests`: nothing was tried
   */
  async guard<T>(tried: Tried, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = `came ${nameOf(tried)}`
    const seen = await this.#rates.take(known, cameFrom, 0)
    const buckets = this.#bucketsOf(tried, !seen.allowed)
    await this.#takeAll(buckets)
    let isWrong = false
    try {
      const found = await attempt()
      isWrong = found === undefined
      if (!isWrong && seen.fullAfterMs < cameFrom.periodMs / 2) await this.#remember(known)
      return found
    } finally {
      // What could not be looked at was no try.
      if (!isWrong) await this.#giveBack(buckets)
    }
  }

  #bucketsOf(tried: Tried, isKnown: boolean): readonly Bucket[] {
    const { from, for: forOne } = this.#bounds
    if (isKnown) return forOne === undefined ? [] : [[`wrong ${nameOf(tried)}`, forOne]]
    const buckets: Bucket[] = []
    if (from !== undefined && tried.from !== undefined)
      buckets.push([`wrong from ${networkOf(tried.from)}`, from])
    if (forOne !== undefined) buckets.push([`wrong for ${tried.user}`, forOne])
    return buckets
  }

  async #takeAll(buckets: readonly Bucket[]): Promise<void> {
    for (const [at, [key, rate]] of buckets.entries()) {
      const { allowed, retryAfterMs } = await this.#rates.take(key, rate)
      if (allowed) continue
      await this.#giveBack(buckets.slice(0, at))
      throw new RegistryError('too-many-requests', { retryAfterMs })
    }
  }

  async #giveBack(buckets: readonly Bucket[]): Promise<void> {
    for (const [key, rate] of buckets) await this.#rates.take(key, rate, -1)
  }

  async #remember(key: string): Promise<void> {
    await this.#rates.take(key, cameFrom, -1)
    await this.#rates.take(key, cameFrom)
  }
}

/** No name has a blank in it. */
const nameOf = ({ user, from }: Tried): string => `${user} ${from === undefined ? '' : networkOf(from)}`
