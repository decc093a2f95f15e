import { openMemoryCache } from '../../adapters/cache/memory/open-memory-cache.ts'
import type { Cache, CacheStats } from '../../ports/cache/cache.ts'

export interface MemoryCacheOptions {
  /** What all entries together may cost, 16 MiB where nothing is said; the least recently used go first. */
  readonly maxBytes?: number
  /** As many as the bytes allow where nothing is said. */
  readonly maxEntries?: number
  /** How long an entry is kept, in ms; for ever where nothing is said. */
  readonly ttl?: number
}

const usualBytes = 16 * 1024 * 1024

/** A cache in the memory of this process, for one registry or for several. */
export class MemoryCache implements Cache {
  readonly #tier: Cache

  /** @throws RangeError where a bound is no whole number of at least 1 */
  constructor({ maxBytes = usualBytes, maxEntries, ttl }: MemoryCacheOptions = {}) {
    this.#tier = openMemoryCache({
      maxBytes,
      ...(maxEntries !== undefined && { maxEntries }),
      ...(ttl !== undefined && { ttlMs: ttl }),
    })
  }

  get(key: string): unknown {
    return this.#tier.get(key)
  }

  set(key: string, value: unknown, bytes: number): void {
    this.#tier.set(key, value, bytes)
  }

  delete(key: string): void {
    this.#tier.delete(key)
  }

  clear(): void {
    this.#tier.clear()
  }

  stats(): CacheStats {
    return this.#tier.stats()
  }
}
