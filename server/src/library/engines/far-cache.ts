import type { Cache, CacheStats } from '../../ports/cache/cache.ts'
import type { TieredCache, TierReport } from '../../ports/cache/tiered-cache.ts'
import { type FarPlace, LateCacheTier } from './late-cache-tier.ts'
import { MemoryCache } from './memory-cache.ts'

/** How a tier is left alone that fails. */
export interface TieredCacheOptions {
  /** So many failures in a row, 5 where nothing is said, and a tier rests for `pause`; then one call tries it. */
  readonly failures?: number
  /** In ms; 1 s where nothing is said. */
  readonly pause?: number
}

/** What every tier outside of the process takes. */
export interface FarTierOptions {
  /** The longest that anything is kept there, in ms: 1 h where nothing is said. */
  readonly ttl?: number
  /** A look-up that takes longer, in ms, is a miss: 20 where nothing is said. */
  readonly timeout?: number
}

interface FarParts {
  readonly near: Cache
  readonly places: readonly FarPlace[]
  readonly options?: TieredCacheOptions
}

/** What a cache has behind its memory: for registries, and for caches that are made of caches. */
interface Far {
  readonly places: readonly FarPlace[]
  tiers(secret: Uint8Array): Promise<TieredCache>
}

const farOf = new WeakMap<Cache, Far>()

/** undefined: it has only what it is itself. */
export function farPlaces(cache: Cache): readonly FarPlace[] | undefined {
  return farOf.get(cache)?.places
}

/** undefined: it has only what it is itself. `secret`: of the registry; see `openTieredCache`. */
export function farTiers(cache: Cache, secret: Uint8Array): Promise<TieredCache> | undefined {
  return farOf.get(cache)?.tiers(secret)
}

const usualTtl = 60 * 60_000
const usualTimeout = 20

/**
 * Memory of this process, and tiers outside of it behind it, which outlive it and which other processes share. A tier that
 * is slow or down is not waited for, and makes no read fail. It is used by as many registries as it is given to, and stays
 * open until it is closed.
 */
export class FarCache implements Cache, AsyncDisposable {
  readonly #near: Cache
  readonly #options: TieredCacheOptions
  /** One for each secret: what one registry has put there another one does not believe. */
  readonly #opened = new Map<string, Promise<TieredCache>>()
  readonly #tiers: TieredCache[] = []

  /** @throws RangeError where a bound is no whole number of at least 1 */
  constructor({ near, places, options = {} }: FarParts) {
    for (const name of ['failures', 'pause'] as const)
      if (options[name] !== undefined) whole(options[name], name)
    this.#near = near
    this.#options = options
    farOf.set(this, { places, tiers: (secret) => this.#tiersFor(places, secret) })
  }

  get(key: string): unknown {
    return this.#near.get(key)
  }

  set(key: string, value: unknown, bytes: number): void {
    this.#near.set(key, value, bytes)
  }

  delete(key: string): void {
    this.#near.delete(key)
  }

  /** Of the memory alone: what the tiers have is used by other processes as well. */
  clear(): void {
    this.#near.clear()
  }

  /** Of the memory. */
  stats(): CacheStats {
    return this.#near.stats()
  }

  /** What each tier outside of the process has done so far, the nearest first; none before a registry has used them. */
  tiers(): readonly TierReport[] {
    return this.#tiers.flatMap((cache) => cache.stats())
  }

  /** Lets go of the tiers. The memory goes on. */
  async close(): Promise<void> {
    const opened = [...this.#opened.values()]
    await Promise.all(opened.map(async (cache) => (await cache).close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #tiersFor(places: readonly FarPlace[], secret: Uint8Array): Promise<TieredCache> {
    const name = Buffer.from(secret).toString('base64')
    const known = this.#opened.get(name) ?? this.#open(places, secret)
    this.#opened.set(name, known)
    return known
  }

  async #open(places: readonly FarPlace[], secret: Uint8Array): Promise<TieredCache> {
    const [{ openTieredCache }, { systemClock: clock }] = await Promise.all([
      import('../../adapters/cache/tiered/open-tiered-cache.ts'),
      import('../../adapters/clock/system/system-clock.ts'),
    ])
    const { failures, pause } = this.#options
    const cache = openTieredCache({
      clock,
      secret,
      tiers: places.map((place) => ({
        tier: new LateCacheTier(place),
        ttlMs: place.ttl,
        timeoutMs: place.timeout,
      })),
      ...(failures !== undefined && { failures }),
      ...(pause !== undefined && { pauseMs: pause }),
    })
    this.#tiers.push(cache)
    return cache
  }
}

/** The memory that stands before other tiers where none is given. */
export function usualMemory(): Cache {
  return new MemoryCache({ maxEntries: 1_000, ttl: 5 * 60_000 })
}

/** @throws RangeError */
export function farTierOptions({
  ttl = usualTtl,
  timeout = usualTimeout,
}: FarTierOptions): Required<FarTierOptions> {
  return { ttl: whole(ttl, 'ttl'), timeout: whole(timeout, 'timeout') }
}

/** @throws RangeError */
export function whole(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`${name} is a whole number, at least 1`)
}
