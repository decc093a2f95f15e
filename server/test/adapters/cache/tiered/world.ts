import { openMemoryTier } from '../../../../src/adapters/cache/memory/open-memory-tier.ts'
import {
  openTieredCache,
  type TieredCacheOptions,
} from '../../../../src/adapters/cache/tiered/open-tiered-cache.ts'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import type { CacheTier } from '../../../../src/ports/cache/tier.ts'
import type { CachedBytes, TieredCache, TierReport } from '../../../../src/ports/cache/tiered-cache.ts'
import { FakeTier } from './fake-tier.ts'

export const bounds: Pick<
  Required<TieredCacheOptions>,
  'timeoutMs' | 'writeTimeoutMs' | 'failures' | 'pauseMs'
> = { timeoutMs: 20, writeTimeoutMs: 250, failures: 3, pauseMs: 1_000 }
export const secret: Uint8Array = Buffer.alloc(32, 3)
export const memoryTtlMs: number = 5 * 60_000
export const farTtlMs: number = 60 * 60_000

export interface World {
  readonly clock: ManualClock
  readonly memory: CacheTier
  readonly far: FakeTier
  readonly cache: TieredCache
  /** Of memory and of the far one. */
  reports(): readonly [TierReport, TierReport]
  /** What another process with the same far tier sees. */
  other(): TieredCache
}

/** Memory before one far tier. */
export function openWorld(options: Partial<TieredCacheOptions> = {}): World {
  const clock = new ManualClock()
  const far = new FakeTier()
  const memory = openMemoryTier({ clock })
  const over = (tiers: readonly CacheTier[]): TieredCache =>
    openTieredCache({ ...bounds, clock, secret, tiers: tiers.map((tier) => ({ tier })), ...options })
  const cache = over([memory, far])
  return {
    clock,
    memory,
    far,
    cache,
    reports: () => cache.stats() as unknown as readonly [TierReport, TierReport],
    other: () => over([far]),
  }
}

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export function text(found: CachedBytes | Uint8Array | undefined): string | undefined {
  const plain = found instanceof Uint8Array ? found : found?.bytes
  return plain === undefined ? undefined : Buffer.from(plain).toString()
}

/** Everything that only waits for promises has run, and so has what waits for a turn of the loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
