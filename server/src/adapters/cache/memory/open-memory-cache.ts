import { LRUCache } from 'lru-cache'
import type { Cache } from '../../../ports/cache/cache.ts'
import { wholeNumber } from '../shared/whole-number.ts'

export interface MemoryCacheOptions {
  /** What all entries together may cost; the least recently used go first. */
  readonly maxBytes: number
  /** As many as the bytes allow where nothing is said. */
  readonly maxEntries?: number
  /** How long an entry is kept, in ms; for ever where nothing is said. */
  readonly ttlMs?: number
  /** Of a clock that never steps back, in ms. */
  readonly monotonic?: () => number
}

/** Stands for a value: the cache itself knows no undefined. */
interface Entry {
  readonly value: unknown
  readonly until: number
}

/** @throws RangeError where a bound is no whole number of at least 1 */
export function openMemoryCache({
  maxBytes,
  maxEntries,
  ttlMs,
  monotonic = () => performance.now(),
}: MemoryCacheOptions): Cache {
  wholeNumber(maxBytes, 'maxBytes')
  const most = maxEntries === undefined ? {} : { max: wholeNumber(maxEntries, 'maxEntries') }
  const life = ttlMs === undefined ? undefined : wholeNumber(ttlMs, 'ttlMs')
  const entries = new LRUCache<string, Entry>({ ...most, maxSize: maxBytes })
  let hits = 0
  let misses = 0
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (entry === undefined || (life !== undefined && entry.until <= monotonic())) {
        if (entry !== undefined) entries.delete(key)
        misses += 1
        return undefined
      }
      hits += 1
      return entry.value
    },
    set: (key, value, bytes) => {
      const size = Math.max(1, Math.ceil(bytes))
      // An entry that is too large leaves none behind, not the one before it.
      if (size > maxBytes) entries.delete(key)
      else entries.set(key, { value, until: life === undefined ? Infinity : monotonic() + life }, { size })
    },
    delete: (key) => {
      entries.delete(key)
    },
    clear: () => entries.clear(),
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize, maxBytes, hits, misses }),
  }
}
