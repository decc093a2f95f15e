import { hash } from 'node:crypto'
import { drawn, type Rate, type Taken } from '../../../domain/rate.ts'
import type { Rates } from '../../../ports/rates/rates.ts'
import { type BucketSlab, shareBuckets, viewBuckets, ways } from './shared-buckets.ts'

export interface MemoryRatesOptions {
  /** ms, of a clock that never steps back and is the same in all threads that share the buckets. */
  readonly now: () => number
  /** Those of other threads too; own ones where none are given. */
  readonly shared?: SharedArrayBuffer
}

/**
 * Buckets of one process, in memory that its threads share, of a size that no visitor changes. Where a set is full of buckets
 * that are in use, the one that is nearest to being full again gives way.
 */
export class MemoryRates implements Rates {
  readonly #slab: BucketSlab
  readonly #now: () => number

  constructor({ now, shared = shareBuckets() }: MemoryRatesOptions) {
    this.#slab = viewBuckets(shared)
    this.#now = now
  }

  take(key: string, rate: Rate, cost = 1): Taken {
    const { set, mark } = this.#placeOf(key)
    const { locks, fullAt } = this.#slab
    // Held for some comparisons and no longer: nothing is waited for within.
    while (Atomics.compareExchange(locks, set, 0n, 1n) !== 0n);
    try {
      const now = this.#now()
      const at = this.#find(set, mark)
      const { behindMs, taken } = drawn(rate, at === undefined ? 0 : (fullAt[at] ?? 0) - now, cost)
      if (cost !== 0 && taken.allowed) this.#put(at ?? this.#worst(set), mark, now + behindMs)
      return taken
    } finally {
      Atomics.store(locks, set, 0n)
    }
  }

  async close(): Promise<void> {}

  #placeOf(key: string): { readonly set: number; readonly mark: number } {
    const { secret, sets } = this.#slab
    const digest = hash('sha256', Buffer.concat([secret, Buffer.from(key)]), 'buffer')
    // As many bits as a number holds exactly, and never 0.
    return { set: digest.readUInt32BE(0) % sets, mark: digest.readUIntBE(4, 6) + 1 }
  }

  #find(set: number, mark: number): number | undefined {
    const { marks } = this.#slab
    for (let at = set * ways; at < (set + 1) * ways; at++) if (marks[at] === mark) return at
    return undefined
  }

  #worst(set: number): number {
    const { marks, fullAt } = this.#slab
    let worst = set * ways
    for (let at = worst; at < (set + 1) * ways; at++) {
      if (marks[at] === 0) return at
      if ((fullAt[at] ?? 0) < (fullAt[worst] ?? 0)) worst = at
    }
    return worst
  }

  #put(at: number, mark: number, full: number): void {
    this.#slab.marks[at] = mark
    this.#slab.fullAt[at] = full
  }
}
