import { openMemcachedTier } from '../../../src/adapters/cache/memcached/open-memcached-tier.ts'
import { openMemoryTier } from '../../../src/adapters/cache/memory/open-memory-tier.ts'
import { openRedisTier } from '../../../src/adapters/cache/redis/open-redis-tier.ts'
import {
  openTieredCache,
  type TieredCacheOptions,
} from '../../../src/adapters/cache/tiered/open-tiered-cache.ts'
import { systemClock as clock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../src/adapters/random/crypto/crypto-random.ts'
import type { CacheTier } from '../../../src/ports/cache/tier.ts'
import { becomes } from '../../../src/ports/cache/tier-suite/harness.ts'
import type { TieredCache, TierReport } from '../../../src/ports/cache/tiered-cache.ts'
import { type FaultProxies, type FaultProxy, startFaultProxies } from '../../kit/servers/fault-proxy.ts'
import { startMemcachedServer } from '../../kit/servers/memcached-server.ts'
import { startRedisServer } from '../../kit/servers/redis-server.ts'

/** A server that can be killed, frozen and spoilt on the way to it. */
export interface Faulty extends AsyncDisposable {
  readonly name: 'redis' | 'memcached'
  readonly proxy: FaultProxy
  /** A tier over the proxy, or past it. */
  open(way: 'spoilt' | 'straight'): CacheTier
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): void
  thaw(): void
}

export const secret: Uint8Array = Buffer.alloc(32, 5)
export const timeoutMs = 20
/** How late a call may be that nothing but the machine delays: it has few cores, and others use them. */
export const schedulingMs = 150
export const rounds: number = Number(process.env['LADING_FAULT_ROUNDS'] ?? 5)

const prefix = 'faults:'
const ownTimeoutMs = 500

export async function faultyRedis(proxies: FaultProxies): Promise<Faulty> {
  const server = await startRedisServer()
  const proxy = await proxies.add(`127.0.0.1:${server.port}`)
  const url = (port: number): string => `redis://127.0.0.1:${port}`
  return {
    ...server,
    name: 'redis',
    proxy,
    open: (way) =>
      openRedisTier({
        url: url(way === 'spoilt' ? proxy.port : server.port),
        prefix,
        timeoutMs: ownTimeoutMs,
        maxRetryMs: 200,
      }),
  }
}

export async function faultyMemcached(proxies: FaultProxies): Promise<Faulty> {
  const server = await startMemcachedServer()
  const proxy = await proxies.add(server.address)
  return {
    ...server,
    name: 'memcached',
    proxy,
    open: (way) =>
      openMemcachedTier({
        servers: [`127.0.0.1:${way === 'spoilt' ? proxy.port : server.port}`],
        clock,
        random,
        prefix,
        timeoutMs: ownTimeoutMs,
        generationMs: 100,
      }),
  }
}

export const startProxies: () => Promise<FaultProxies> = startFaultProxies

/** Memory before the tier, or the tier alone. */
export function tieredOver(
  tier: CacheTier,
  options: Partial<TieredCacheOptions> & { readonly memory?: boolean } = {},
): TieredCache {
  const { memory = false, ...rest } = options
  const tiers = [...(memory ? [{ tier: openMemoryTier({ clock }) }] : []), { tier }]
  return openTieredCache({ tiers, clock, secret, timeoutMs, pauseMs: 100, failures: 3, ...rest })
}

export const report = (cache: TieredCache): TierReport => cache.stats().at(-1) as TierReport

/** It keeps what it is given, and finds it. */
export async function works(cache: TieredCache, what: string): Promise<void> {
  let tries = 0
  await becomes(async () => {
    const key = `works ${tries++}`
    await cache.set(key, Buffer.from(key))
    return String((await cache.get(key))?.bytes) === key && !report(cache).isOpen
  }, `${what}: it works again`)
}

/** How long the call took; what it throws fails the test. */
export async function took(call: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await call()
  return performance.now() - begun
}
