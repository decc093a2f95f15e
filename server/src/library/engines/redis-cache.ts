import { FarCache, type FarTierOptions, farTierOptions, usualMemory } from './far-cache.ts'

export interface RedisCacheOptions extends FarTierOptions {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS. */
  readonly url: string
  /** Before every key, `lading:cache:` where nothing is said: what is not under it is left alone. */
  readonly prefix?: string
}

/** Answers in a Redis server, version 6 or later, behind the memory of this process. */
export class RedisCache extends FarCache {
  /** @throws RangeError for a bound, an empty prefix, or a URL that is none of Redis */
  constructor({ url, prefix, ...rest }: RedisCacheOptions) {
    const protocol = URL.parse(url)?.protocol
    // What is wrong with it is not said by showing it: it may hold a password.
    if (protocol !== 'redis:' && protocol !== 'rediss:')
      throw new RangeError('url is no redis: or rediss: URL')
    if (prefix === '') throw new RangeError('a prefix has at least one character')
    const open = async () => {
      const { openRedisTier } = await import('../../adapters/cache/redis/open-redis-tier.ts')
      return openRedisTier({ url, ...(prefix !== undefined && { prefix }) })
    }
    super({ near: usualMemory(), places: [{ name: 'redis', follow: true, open, ...farTierOptions(rest) }] })
  }
}
