import { readFileSync } from 'node:fs'
import type { TierPlace } from '../adapters/cache/tiered/open-tiered-cache.ts'
import type { Config } from '../config/config.ts'
import type { TieredCache } from '../ports/cache/tiered-cache.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Random } from '../ports/random/random.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'
import { loadEngine } from './load-engine.ts'

export interface FarCacheParts {
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
}

/**
 * Where answers are kept beyond the memory of a process, the nearest first. undefined: nothing of that kind is set. A
 * server that is not there does not keep a registry from starting.
 */
export async function openFarCache(
  { cache }: Config,
  { clock, random, telemetry }: FarCacheParts,
): Promise<((secret: Uint8Array) => TieredCache) | undefined> {
  const { disk, diskBytes, redis, memcached, ttl, timeout, ca } = cache
  const places: TierPlace[] = []
  if (disk !== undefined) {
    const { openDiskTier } = await import('../adapters/cache/disk/open-disk-tier.ts')
    const tier = await openDiskTier({ folder: disk, maxBytes: diskBytes, ttlMs: ttl, clock, random })
    places.push({ tier, ttlMs: ttl })
  }
  if (redis !== undefined) {
    const { openRedisTier } = await loadEngine(() => import('../adapters/cache/redis/open-redis-tier.ts'))
    const trust = ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }
    places.push({ tier: await openRedisTier({ url: redis, ...trust }), ttlMs: ttl })
  }
  if (memcached !== undefined) {
    const { openMemcachedTier } = await loadEngine(
      () => import('../adapters/cache/memcached/open-memcached-tier.ts'),
    )
    const servers = memcached.split(',')
    places.push({ tier: await openMemcachedTier({ servers, clock, random }), ttlMs: ttl })
  }
  if (places.length === 0) return undefined
  const { openTieredCache } = await import('../adapters/cache/tiered/open-tiered-cache.ts')
  return (secret) => openTieredCache({ tiers: places, clock, secret, telemetry, timeoutMs: timeout })
}
