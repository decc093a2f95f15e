import type { CacheTier } from '../../../ports/cache/tier.ts'
import type { CachedBytes, TieredCache, TierReport } from '../../../ports/cache/tiered-cache.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import { shortKey } from '../shared/short-key.ts'
import { wholeNumber } from '../shared/whole-number.ts'
import { type Flight, Flights } from './flights.ts'
import { GuardedTier, type GuardOptions } from './guarded-tier.ts'
import { Seal } from './seal.ts'

export interface TierPlace {
  readonly tier: CacheTier
  /** The longest that anything is kept there, in ms: 5 min in memory, else 1 h. */
  readonly ttlMs?: number
  /** As of the cache, for this tier alone. */
  readonly timeoutMs?: number
}

export interface TieredCacheOptions {
  /** The nearest first. */
  readonly tiers: readonly TierPlace[]
  readonly clock: Clock
  /** At least 16 bytes, the same for all who share a tier, and known to nobody else: what is found was sealed by it. */
  readonly secret: Uint8Array
  readonly telemetry?: NonNullable<GuardOptions['telemetry']>
  /** How long the knowledge is kept that there is nothing. */
  readonly nothingTtlMs?: number
  /** How many are loaded at once by `warm`. */
  readonly warmAtOnce?: number
  readonly timeoutMs?: number
  readonly writeTimeoutMs?: number
  readonly failures?: number
  readonly pauseMs?: number
  readonly maxOwed?: number
}

const usual = {
  nothingTtlMs: 30_000,
  warmAtOnce: 8,
  timeoutMs: 20,
  writeTimeoutMs: 250,
  failures: 5,
  pauseMs: 1_000,
  maxOwed: 10_000,
}
const memoryTtlMs = 5 * 60_000
const farTtlMs = 60 * 60_000

/** @throws RangeError for a bound that is no whole number of at least 1, and for a secret that is too short */
export function openTieredCache(options: TieredCacheOptions): TieredCache {
  const bounds = { ...usual, ...options }
  for (const name of Object.keys(usual) as (keyof typeof usual)[]) wholeNumber(bounds[name], name)
  const tiers = options.tiers.map(({ tier, ttlMs, timeoutMs = bounds.timeoutMs }) => {
    const guard = { ...bounds, timeoutMs: wholeNumber(timeoutMs, 'timeoutMs'), telemetry: options.telemetry }
    return new GuardedTier(tier, wholeNumber(ttlMs ?? usualTtl(tier), 'ttlMs'), guard)
  })
  return new Tiers(tiers, new Seal(options.secret), { ...bounds, clock: options.clock })
}

function usualTtl({ can }: CacheTier): number {
  return can.inProcess ? memoryTtlMs : farTtlMs
}

class Tiers implements TieredCache {
  readonly #tiers: readonly GuardedTier[]
  readonly #seal: Seal
  readonly #options: Pick<Required<TieredCacheOptions>, 'nothingTtlMs' | 'warmAtOnce' | 'clock'>
  readonly #longestMs: number
  readonly #lookUps = new Flights<CachedBytes | undefined>()
  readonly #loads = new Flights<Uint8Array | undefined>()
  readonly #unfollow: readonly (() => void)[]

  constructor(
    tiers: readonly GuardedTier[],
    seal: Seal,
    options: Pick<Required<TieredCacheOptions>, 'nothingTtlMs' | 'warmAtOnce' | 'clock'>,
  ) {
    this.#tiers = tiers
    this.#seal = seal
    this.#options = options
    this.#longestMs = Math.max(0, ...tiers.map(({ ttlMs }) => ttlMs))
    this.#unfollow = tiers.flatMap((guarded, at) => this.#followed(guarded, tiers.slice(0, at)))
  }

  get(key: string): Promise<CachedBytes | undefined> {
    const name = shortKey(key)
    return this.#lookUps.join(name, (flight) => this.#lookUp(key, name, flight))
  }

  async set(key: string, bytes: Uint8Array | undefined): Promise<void> {
    const name = shortKey(key)
    this.#endFlights([name])
    await this.#put(key, name, bytes)
  }

  load(key: string, read: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const name = shortKey(key)
    return this.#loads.join(name, async (flight) => {
      const found = await this.get(key)
      if (found !== undefined) return found.bytes
      const bytes = await read()
      // Who reads waits for no tier to take it.
      if (!flight.isVoid) void this.#put(key, name, bytes)
      return bytes
    })
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const names = keys.map(shortKey)
    this.#endFlights(names)
    await Promise.all(this.#tiers.map((guarded) => guarded.forget(names)))
  }

  async warm(
    keys: readonly string[],
    read: (key: string) => Promise<Uint8Array | undefined>,
  ): Promise<{ readonly loaded: number; readonly cached: number }> {
    const waiting = keys.values()
    let [loaded, cached] = [0, 0]
    const work = async (): Promise<void> => {
      for (const key of waiting) {
        let isRead = false
        await this.load(key, () => {
          isRead = true
          return read(key)
        })
        if (isRead) loaded += 1
        else cached += 1
      }
    }
    const ended = await Promise.allSettled(Array.from({ length: this.#options.warmAtOnce }, work))
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return { loaded, cached }
  }

  async clear(): Promise<void> {
    this.#lookUps.endAll()
    this.#loads.endAll()
    await Promise.all(this.#tiers.map((guarded) => guarded.clear()))
  }

  stats(): readonly TierReport[] {
    return this.#tiers.map((guarded) => guarded.report())
  }

  async close(): Promise<void> {
    for (const end of this.#unfollow) end()
    await Promise.all(this.#tiers.map(({ tier }) => tier.close()))
  }

  async #lookUp(key: string, name: string, flight: Flight): Promise<CachedBytes | undefined> {
    for (const [at, guarded] of this.#tiers.entries()) {
      const sealed = await guarded.look(name)
      if (sealed === undefined) continue
      const now = this.#options.clock.now()
      const from = { key, sealed }
      const opened = guarded.tier.can.inProcess ? this.#seal.read(from, now) : this.#seal.open(from, now)
      guarded.judged(name, opened.is)
      if (opened.is !== 'good') continue
      // A wall clock that was put back makes nothing live longer.
      const left = Math.min(opened.leftMs, this.#longestMs)
      if (!flight.isVoid) for (const nearer of this.#tiers.slice(0, at)) void nearer.put(name, sealed, left)
      return opened.found
    }
    return undefined
  }

  async #put(key: string, name: string, bytes: Uint8Array | undefined): Promise<void> {
    const life = bytes === undefined ? this.#options.nothingTtlMs : this.#longestMs
    const sealed = this.#seal.close(key, bytes, this.#options.clock.now() + life)
    await Promise.all(this.#tiers.map((guarded) => guarded.put(name, sealed, life)))
  }

  #endFlights(names: readonly string[]): void {
    this.#lookUps.end(names)
    this.#loads.end(names)
  }

  /** What nearer tiers have of one that others write to goes with it. */
  #followed({ tier }: GuardedTier, nearer: readonly GuardedTier[]): readonly (() => void)[] {
    const end = tier.follow?.({
      forgotten: (names) => {
        this.#endFlights(names)
        for (const each of nearer) void each.forget(names)
      },
      lost: () => {
        this.#lookUps.endAll()
        this.#loads.endAll()
        // What is on a disk lives on for its time: to read it all anew would be worse for everybody.
        for (const each of nearer) if (each.tier.can.inProcess) void each.clear()
      },
    })
    return end === undefined ? [] : [end]
  }
}
