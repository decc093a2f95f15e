import { LRUCache } from 'lru-cache'
import { CacheTierError } from '../../../ports/cache/errors.ts'
import type { CacheTier, TierStats } from '../../../ports/cache/tier.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import { shortKey } from '../shared/short-key.ts'
import { TierTally } from '../shared/tier-tally.ts'
import { wholeNumber } from '../shared/whole-number.ts'

export interface MemoryTierOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** 1,000 where nothing is said; the least recently used go first. */
  readonly maxEntries?: number
  /** What all entries together may cost, 16 MiB where nothing is said. */
  readonly maxBytes?: number
  /** The longest that anything is kept, in ms: 5 min where nothing is said. */
  readonly ttlMs?: number
}

interface Entry {
  readonly value: Uint8Array
  /** Of the monotonic clock. */
  readonly until: number
}

/** Bytes of an entry's own bookkeeping, roughly. */
const entryOverhead = 256
const usual = { maxEntries: 1_000, maxBytes: 16 * 1024 * 1024, ttlMs: 5 * 60_000 }

/** @throws RangeError where a bound is no whole number of at least 1 */
export function openMemoryTier(options: MemoryTierOptions): CacheTier {
  const { clock, ...given } = options
  return new MemoryTier(clock, { ...usual, ...given })
}

class MemoryTier implements CacheTier {
  readonly name = 'memory'
  readonly can: CacheTier['can'] = { inProcess: true, follow: false }
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #ttlMs: number
  readonly #maxBytes: number
  readonly #entries: LRUCache<string, Entry>
  readonly #tally = new TierTally()
  #isClosed = false

  constructor(clock: Pick<Clock, 'monotonic'>, { maxEntries, maxBytes, ttlMs }: typeof usual) {
    this.#clock = clock
    this.#ttlMs = wholeNumber(ttlMs, 'ttlMs')
    this.#maxBytes = wholeNumber(maxBytes, 'maxBytes')
    this.#entries = new LRUCache({ max: wholeNumber(maxEntries, 'maxEntries'), maxSize: maxBytes })
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#tally.looked(async () => {
      this.#requireOpen()
      const short = shortKey(key)
      const entry = this.#entries.get(short)
      if (entry === undefined || entry.until > this.#clock.monotonic()) return entry?.value
      this.#entries.delete(short)
      return undefined
    })
  }

  set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    return this.#tally.told(async () => {
      this.#requireOpen()
      const short = shortKey(key)
      const size = value.length + 2 * short.length + entryOverhead
      const life = Math.min(ttlMs, this.#ttlMs)
      if (size > this.#maxBytes || life <= 0) {
        this.#entries.delete(short)
        return
      }
      // What was given may be a part of something larger, which would be kept with it.
      const own = value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value)
      this.#entries.set(short, { value: own, until: this.#clock.monotonic() + life }, { size })
    })
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.#tally.told(async () => {
      this.#requireOpen()
      for (const key of keys) this.#entries.delete(shortKey(key))
    })
  }

  clear(): Promise<void> {
    return this.#tally.told(async () => {
      this.#requireOpen()
      this.#entries.clear()
    })
  }

  stats(): TierStats {
    const { size, calculatedSize } = this.#entries
    return this.#tally.stats({ entries: size, bytes: calculatedSize, maxBytes: this.#maxBytes })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#entries.clear()
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new CacheTierError('closed', 'the memory tier is closed')
  }
}
