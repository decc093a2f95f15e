/**
 * Keeps bytes under keys for a while, here or on a server that others use too. It may forget anything at any time, and is
 * not believed: whoever puts something in seals it (`tiered-cache.ts`). Bytes that are given to it or come from it are
 * changed by nobody afterwards. Every method throws CacheTierError; what is unsure is an error, never a miss.
 */
export interface CacheTier {
  /** What its figures are told under: one of `cacheTiers` (`metrics.ts`). */
  readonly name: string
  readonly can: TierCapabilities
  /**
   * Of any length: long ones are kept under a hash. undefined: it is not there, or not any more. What others have put there
   * and is longer than the tier's bound comes as something that no seal is good for, and costs no more than that bound.
   */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>
  /**
   * At least one byte. For `ttlMs` from now, of which 0 or less keeps nothing. What is over the tier's bound is not kept, and leaves no older
   * value under its key.
   */
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>
  delete(keys: readonly string[]): Promise<void>
  /** All that is its own, and nothing that others keep on the same server. */
  clear(): Promise<void>
  /** Tells what others change, from now on. Only of one that can `follow`. @returns what ends it */
  follow?(listener: TierListener): () => void
  stats(): TierStats
  /** Every later call throws `closed`. Idempotent. */
  close(): Promise<void>
}

export interface TierCapabilities {
  /** What it keeps is in the memory of this process: nobody else writes there, and it answers at once. */
  readonly inProcess: boolean
  readonly follow: boolean
}

/** For whoever keeps copies of what a tier has. */
export interface TierListener {
  /** Others have changed or removed what is under these keys, as `shortKey` has them. */
  forgotten(keys: readonly string[]): void
  /** Any of them may have been changed: the server was out of sight, or has emptied itself. */
  lost(): void
}

export interface TierStats {
  readonly hits: number
  readonly misses: number
  readonly errors: number
  /** undefined where only the server knows. */
  readonly entries: number | undefined
  readonly bytes: number | undefined
  readonly maxBytes: number | undefined
}
