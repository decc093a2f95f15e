/** `undefined` stands for the knowledge that there is nothing. */
export interface CachedBytes {
  readonly bytes: Uint8Array | undefined
}

/**
 * Several tiers as one, the nearest first. It never fails and never waits long: a tier that is slow, down or lies is a miss,
 * and is counted. What is put in is sealed, so that a tier answers what was put there under that very key, or nothing.
 */
export interface TieredCache {
  /** undefined: not cached. Takes no longer than the time-outs of its tiers together. Never rejects. */
  get(key: string): Promise<CachedBytes | undefined>
  /**
   * Settles when every tier has it or could not take it. Never rejects. undefined is kept as the knowledge that there is
   * nothing, for the time of such.
   */
  set(key: string, bytes: Uint8Array | undefined): Promise<void>
  /**
   * From the cache, else from `read`, whose answer is kept. However many ask at once, one reads. An answer that was read
   * before a `set` or `delete` of its key is kept by nobody. Rejects as `read` does, and then nothing is kept.
   */
  load(key: string, read: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined>
  /**
   * Of all tiers. Never rejects: one that cannot be reached is not asked for these keys until it has forgotten them.
   */
  delete(keys: readonly string[]): Promise<void>
  /** Loads what is not cached, some at a time. Rejects as `read` does, with the first failure, once none is under way. */
  warm(
    keys: readonly string[],
    read: (key: string) => Promise<Uint8Array | undefined>,
  ): Promise<{ readonly loaded: number; readonly cached: number }>
  /** Of all tiers, as `delete`. */
  clear(): Promise<void>
  /** The nearest first. */
  stats(): readonly TierReport[]
  close(): Promise<void>
}

export interface TierReport {
  readonly name: string
  readonly hits: number
  readonly misses: number
  readonly errors: number
  readonly timeouts: number
  /** Look-ups that it was not asked for: it had failed too often, or has yet to forget the key. */
  readonly skipped: number
  /** Answers that were not what had been put there. */
  readonly forged: number
  /** Hits of those that it was asked for, from 0 to 1; 0 where it was asked for none. */
  readonly hitRate: number
  /** Of a look-up, on average. */
  readonly meanMs: number
  readonly isOpen: boolean
}
