import { LRUCache } from 'lru-cache'
import type { Cache } from '../../../ports/cache/cache.ts'

export interface MemoryCacheOptions {
  /** What all entries together may cost; the least recently used go first. */
  readonly maxBytes: number
}

/** Stands for a value: the cache itself knows no undefined. */
interface Entry {
  readonly value: unknown
}

/** @throws RangeError where `maxBytes` is no whole number of at least 1 */
export function openMemoryCache({ maxBytes }: MemoryCacheOptions): Cache {
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
    throw new RangeError('a cache is bounded by a whole number of bytes, at least 1')
  }
  const entries = new LRUCache<string, Entry>({ maxSize: maxBytes })
  let hits = 0
  let misses = 0
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (entry === undefined) misses += 1
      else hits += 1
      return entry?.value
    },
    set: (key, value, bytes) => {
      const size = Math.max(1, Math.ceil(bytes))
      // An entry that is too large leaves none behind, not the one before it.
      if (size > maxBytes) entries.delete(key)
      else entries.set(key, { value }, { size })
    },
    delete: (key) => {
      entries.delete(key)
    },
    clear: () => entries.clear(),
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize, maxBytes, hits, misses }),
  }
}
