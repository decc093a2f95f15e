import type { TierReport } from '../../../ports/cache/tiered-cache.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'

export type Looked = 'hit' | 'miss' | 'error' | 'timeout' | 'skipped' | 'forged'
export type Wrote = 'ok' | 'error' | 'timeout' | 'skipped'

/** What a tier has done so far, for the operator and for `stats`. */
export class TierFigures {
  readonly #tier: string
  readonly #telemetry: Pick<Telemetry, 'count' | 'observe'> | undefined
  readonly #looked: Record<Looked, number> = { hit: 0, miss: 0, error: 0, timeout: 0, skipped: 0, forged: 0 }
  #seconds = 0
  #calls = 0

  constructor(tier: string, telemetry: Pick<Telemetry, 'count' | 'observe'> | undefined) {
    this.#tier = tier
    this.#telemetry = telemetry
  }

  looked(result: Looked): void {
    this.#looked[result] += 1
    this.#telemetry?.count('lading_cache_tier_requests_total', 1, { tier: this.#tier, result })
  }

  wrote(result: Wrote): void {
    this.#telemetry?.count('lading_cache_tier_writes_total', 1, { tier: this.#tier, result })
  }

  took(operation: 'get' | 'set' | 'delete' | 'clear', seconds: number): void {
    this.#telemetry?.observe('lading_cache_tier_duration_seconds', seconds, { tier: this.#tier, operation })
    if (operation !== 'get') return
    this.#seconds += seconds
    this.#calls += 1
  }

  report(isOpen: boolean): TierReport {
    const { hit, miss, error, timeout, skipped, forged } = this.#looked
    const asked = hit + miss + error + timeout + forged
    return {
      name: this.#tier,
      hits: hit,
      misses: miss,
      errors: error,
      timeouts: timeout,
      skipped,
      forged,
      hitRate: asked === 0 ? 0 : hit / asked,
      meanMs: this.#calls === 0 ? 0 : (1000 * this.#seconds) / this.#calls,
      isOpen,
    }
  }
}
