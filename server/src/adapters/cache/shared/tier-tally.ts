import type { TierStats } from '../../../ports/cache/tier.ts'

type Sizes = Pick<TierStats, 'entries' | 'bytes' | 'maxBytes'>

/** Counts what a tier answers. */
export class TierTally {
  #hits = 0
  #misses = 0
  #errors = 0

  async looked(call: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const found = await this.told(call)
    if (found === undefined) this.#misses += 1
    else this.#hits += 1
    return found
  }

  async told<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      this.#errors += 1
      throw error
    }
  }

  stats(sizes: Partial<Sizes> = {}): TierStats {
    const [hits, misses, errors] = [this.#hits, this.#misses, this.#errors]
    return { hits, misses, errors, entries: undefined, bytes: undefined, maxBytes: undefined, ...sizes }
  }
}
