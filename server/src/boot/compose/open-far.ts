import { createHmac } from 'node:crypto'
import { FarTiers } from '../../core/cache/far-answers.ts'
import type { Generations } from '../../core/cache/generations.ts'
import type { TieredCache } from '../../ports/cache/tiered-cache.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'

/** Where answers outlive the process, sealed by a key, and who tells what others change. */
interface FarParts {
  readonly farCache?: (key: Uint8Array) => TieredCache
  readonly store: Store
  readonly telemetry: Telemetry
}

export interface Far {
  readonly answers: FarTiers
  close(): Promise<void>
}

/** undefined: there is none, or nobody tells what others change. */
export function openFar(
  { farCache, store, telemetry }: FarParts,
  { hearing }: Generations,
  secret: Uint8Array,
): Far | undefined {
  if (farCache === undefined || hearing === undefined || store.follow === undefined) return undefined
  const cache = farCache(createHmac('sha256', secret).update('cache').digest())
  const answers = new FarTiers({ cache, era: () => hearing.era(), telemetry })
  return { answers, close: () => cache.close() }
}
