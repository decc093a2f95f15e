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
   * As `readBody`, once there is room for what is announced; for a body of unknown length that is `limit`.
   * @throws RegistryError `too-many-requests` where there is none: nothing was read then
   */
  async read(exchange: Exchange, limit: number, tooLarge: (size: number) => Error): Promise<HeldBody> {
    const size = exchange.bodyLength ?? limit
    if (size > limit) throw tooLarge(size)
    if (this.#taken + size > this.#limits.heldBodyBytes) {
      throw new RegistryError('too-many-requests', { retryAfterMs })
    }
    this.#taken += size
    const late = setTimeout(() => exchange.request.socket.destroy(), this.#limits.heldBodyTimeout)
    try {
      const bytes = await readBody(exchange, limit, tooLarge)
      return { bytes, [Symbol.dispose]: () => this.#giveBack(size) }
    } catch (error) {
      this.#giveBack(size)
      throw error
    } finally {
      clearTimeout(late)
    }
  }

  #giveBack(size: number): void {
    this.#taken -= size
  }
}
