import { CacheTierError } from '../../ports/cache/errors.ts'
import type { CacheTier, TierListener, TierStats } from '../../ports/cache/tier.ts'

/** A tier beyond the memory of the process, as it was asked for. */
export interface FarPlace {
  readonly name: string
  readonly follow: boolean
  /** The longest that anything is kept there, in ms. */
  readonly ttl: number
  /** A look-up that takes longer, in ms, is a miss. */
  readonly timeout: number
  open(): Promise<CacheTier>
}

/** Opens at the first call. Where it cannot be opened that call fails, and the next one tries again. */
export class LateCacheTier implements CacheTier {
  readonly name: string
  readonly can: CacheTier['can']
  readonly #place: FarPlace
  readonly #listeners = new Map<TierListener, (() => void) | undefined>()
  #opening: Promise<CacheTier> | undefined
  #tier: CacheTier | undefined
  #isClosed = false

  constructor(place: FarPlace) {
    this.name = place.name
    this.can = { inProcess: false, follow: place.follow }
    this.#place = place
  }

  async get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return await (this.#tier ?? (await this.#open())).get(key, signal)
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    await (this.#tier ?? (await this.#open())).set(key, value, ttlMs)
  }

  async delete(keys: readonly string[]): Promise<void> {
    await (this.#tier ?? (await this.#open())).delete(keys)
  }

  async clear(): Promise<void> {
    await (this.#tier ?? (await this.#open())).clear()
  }

  follow(listener: TierListener): () => void {
    this.#listeners.set(listener, this.#tier?.follow?.(listener))
    return () => {
      this.#listeners.get(listener)?.()
      this.#listeners.delete(listener)
    }
  }

  stats(): TierStats {
    const none = { entries: undefined, bytes: undefined, maxBytes: undefined }
    return this.#tier?.stats() ?? { hits: 0, misses: 0, errors: 0, ...none }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.then(
      (tier) => tier.close(),
      () => {},
    )
  }

  #open(): Promise<CacheTier> {
    if (this.#isClosed) throw new CacheTierError('closed', `the tier ${this.name} is closed`)
    this.#opening ??= this.#place.open().then(
      (tier) => {
        this.#tier = tier
        for (const listener of this.#listeners.keys()) this.#listeners.set(listener, tier.follow?.(listener))
        return tier
      },
      (cause: unknown) => {
        this.#opening = undefined
        throw new CacheTierError('unreachable', `the tier ${this.name} cannot be opened`, { cause })
      },
    )
    return this.#opening
  }
}
