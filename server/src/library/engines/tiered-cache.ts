import type { Cache } from '../../ports/cache/cache.ts'
import { FarCache, farPlaces, type TieredCacheOptions, usualMemory } from './far-cache.ts'

/**
 * Several caches as one, the nearest first: what is found further away comes nearer for what is left of its time.
 * @param caches one in memory at most, which stands first; where none does, there is one of 1,000 entries and 5 minutes
 * @throws TypeError for another order; RangeError for a bound
 */
export function tieredCache(caches: readonly Cache[], options: TieredCacheOptions = {}): FarCache {
  const [first, ...others] = caches
  if (first === undefined) throw new TypeError('a tiered cache has at least one tier')
  const isFar = farPlaces(first) !== undefined
  const near = isFar ? usualMemory() : first
  const far = isFar ? caches : others
  const places = far.flatMap((cache) => {
    const own = farPlaces(cache)
    if (own === undefined)
      throw new TypeError(
        'only the first tier is in memory: the others are behind it, outside of the process',
      )
    return own
  })
  return new FarCache({ near, places, options })
}
