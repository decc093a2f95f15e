import { RegistryError } from '../../domain/error.ts'
import type { Clock } from '../../ports/clock/clock.ts'

/** Wrong ones in a row before somebody waits, and for how long they are remembered, ms. */
const most = 10
const remembered = 600_000
/** Users who are remembered; beyond, those whose last one is the oldest are forgotten. */
const mostUsers = 10_000

/**
 * Counts the wrong codes of users, in this process. There are 20^8 codes: ten tries in ten minutes of whoever has an account find
 * none.
 */
export class WrongCodes {
  readonly #clock: Clock
  readonly #counts = new Map<string, { count: number; until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Before a code is looked at, so that of many at once no more are looked at than are free. `giveBack` where it was right.
   * @throws RegistryError `too-many-requests`
   */
  take(user: string): void {
    const now = this.#clock.now()
    const known = this.#counts.get(user)
    const isOver = known === undefined || known.until <= now
    if (!isOver && known.count >= most)
      throw new RegistryError('too-many-requests', { retryAfterMs: known.until - now })
    const count = isOver ? 1 : known.count + 1
    this.#counts.delete(user)
    this.#counts.set(user, { count, until: now + remembered })
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > mostUsers && oldest !== undefined) this.#counts.delete(oldest)
  }

  giveBack(user: string): void {
    const known = this.#counts.get(user)
    if (known !== undefined) this.#counts.set(user, { ...known, count: known.count - 1 })
  }
}
