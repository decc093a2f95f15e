import { overriding } from '../../domain/overriding.ts'
import type { Cache } from '../../ports/cache/cache.ts'
import type { Metering } from '../../ports/telemetry/telemetry.ts'

/** The same cache, whose look-ups are counted, and whose size is told whenever it changes. */
export function instrumentCache(cache: Cache, telemetry: Metering): Cache {
  const hit = telemetry.tally('lading_cache_requests_total', { result: 'hit' })
  const miss = telemetry.tally('lading_cache_requests_total', { result: 'miss' })
  const bytes = telemetry.tally('lading_cache_bytes')
  const entries = telemetry.tally('lading_cache_entries')
  const tellSize = (): void => {
    const now = cache.stats()
    bytes.set(now.bytes)
    entries.set(now.entries)
  }
  return overriding(cache, {
    get: (key) => {
      const found = cache.get(key)
      const tally = found === undefined ? miss : hit
      tally.add()
      return found
    },
    set: (key, value, size) => {
      cache.set(key, value, size)
      tellSize()
    },
    delete: (key) => {
      cache.delete(key)
      tellSize()
    },
    clear: () => {
      cache.clear()
      tellSize()
    },
  })
}
