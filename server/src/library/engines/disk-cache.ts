import { FarCache, type FarTierOptions, farTierOptions, usualMemory, whole } from './far-cache.ts'

export interface DiskCacheOptions extends FarTierOptions {
  /** Of its own; made where it is not there, and readable by its owner alone. */
  readonly folder: string
  /** Of all files together, 256 MiB where nothing is said; the least recently used go first. */
  readonly maxBytes?: number
}

/** Answers in files of a folder, behind the memory of this process. */
export class DiskCache extends FarCache {
  /** @throws RangeError for a bound, or where no folder is named */
  constructor({ folder, maxBytes, ...rest }: DiskCacheOptions) {
    if (typeof folder !== 'string' || folder === '') throw new RangeError('folder names no folder')
    if (maxBytes !== undefined) whole(maxBytes, 'maxBytes')
    const options = farTierOptions(rest)
    const open = async () => {
      const [{ openDiskTier }, { systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
        import('../../adapters/cache/disk/open-disk-tier.ts'),
        import('../../adapters/clock/system/system-clock.ts'),
        import('../../adapters/random/crypto/crypto-random.ts'),
      ])
      const bounds = { ttlMs: options.ttl, ...(maxBytes !== undefined && { maxBytes }) }
      return await openDiskTier({ folder, clock, random, ...bounds })
    }
    super({ near: usualMemory(), places: [{ name: 'disk', follow: false, open, ...options }] })
  }
}
