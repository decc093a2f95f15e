import { RegistryError } from '../domain/error.ts'
import { readBody } from './body.ts'
import type { Exchange } from './exchange.ts'

export interface HeldBodyLimits {
  /** All bodies together. */
  readonly heldBodyBytes: number
  /** ms for one body to arrive: one that stays away keeps its room from others. */
  readonly heldBodyTimeout: number
}

/** A whole body; its room is given back with it. */
export interface HeldBody extends Disposable {
  readonly bytes: Uint8Array
}

const retryAfterMs = 1000

/** The room for bodies that have to be in memory as a whole. */
export class HeldBodies {
  readonly #limits: HeldBodyLimits
  #taken = 0

  constructor(limits: HeldBodyLimits) {
    this.#limits = limits
  }

  /**
   * As `readBody`. Room is taken by what has come and not by what is announced, which costs nothing.
   * @throws RegistryError `too-many-requests` where there is none: for what is announced, unread; else once it is needed
   */
  async read(exchange: Exchange, limit: number, tooLarge: (size: number) => Error): Promise<HeldBody> {
    const announced = exchange.bodyLength ?? 0
    if (announced > limit) throw tooLarge(announced)
    this.#assertRoom(announced)
    let taken = 0
    const take = (size: number): void => {
      this.#assertRoom(size)
      taken += size
      this.#taken += size
    }
    const late = setTimeout(() => exchange.request.socket.destroy(), this.#limits.heldBodyTimeout)
    try {
      const bytes = await readBody(exchange, limit, tooLarge, take)
      return { bytes, [Symbol.dispose]: () => this.#giveBack(taken) }
    } catch (error) {
      this.#giveBack(taken)
      throw error
    } finally {
      clearTimeout(late)
    }
  }

  #assertRoom(size: number): void {
    if (this.#taken + size > this.#limits.heldBodyBytes) {
      throw new RegistryError('too-many-requests', { retryAfterMs })
    }
  }

  #giveBack(size: number): void {
    this.#taken -= size
  }
}
