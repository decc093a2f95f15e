/**
 * A tier that answers synchronously from this process's memory, bounded by bytes. What is stored is decided by
 * `core/cache`, which adds generations, negative entries and single flight; a tier only keeps and forgets.
 */
export interface Cache {
  get(key: string): unknown
  /** `bytes`: what the entry costs, at least 1. An entry over the tier's bound is not kept. */
  set(key: string, value: unknown, bytes: number): void
  delete(key: string): void
  clear(): void
  stats(): CacheStats
}

export interface CacheStats {
  readonly entries: number
  readonly bytes: number
  readonly maxBytes: number
  readonly hits: number
  readonly misses: number
}
