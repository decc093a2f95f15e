import { FarCache, type FarTierOptions, farTierOptions, usualMemory } from './far-cache.ts'

export interface MemcachedCacheOptions extends FarTierOptions {
  /** Each `host:port`, or `user:password@host:port`; at least one. */
  readonly servers: readonly string[]
  /** Before every key, `lading:cache:` where nothing is said; 1 to 40 visible ASCII characters. */
  readonly prefix?: string
}

const prefixForm = /^[!-~]{1,40}$/
const addressForm = /^([^@,\s]+@)?[^@:,\s]+(:\d{1,5})?$/

/** Answers in Memcached servers, behind the memory of this process. */
export class MemcachedCache extends FarCache {
  /** @throws RangeError for a bound, a prefix or an address that cannot be taken */
  constructor({ servers, prefix, ...rest }: MemcachedCacheOptions) {
    const addresses = [...servers]
    if (addresses.length === 0 || !addresses.every((address) => addressForm.test(address)))
      throw new RangeError('servers are named as host:port, at least one')
    if (prefix !== undefined && !prefixForm.test(prefix))
      throw new RangeError('a prefix has 1 to 40 visible ASCII characters')
    const open = async () => {
      const [{ openMemcachedTier }, { systemClock: clock }, { cryptoRandom: random }] = await Promise.all([
        import('../../adapters/cache/memcached/open-memcached-tier.ts'),
        import('../../adapters/clock/system/system-clock.ts'),
        import('../../adapters/random/crypto/crypto-random.ts'),
      ])
      return openMemcachedTier({ servers: addresses, clock, random, ...(prefix !== undefined && { prefix }) })
    }
    super({
      near: usualMemory(),
      places: [{ name: 'memcached', follow: false, open, ...farTierOptions(rest) }],
    })
  }
}
