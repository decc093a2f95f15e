import { FarCache, type FarTierOptions, farTierOptions, usualMemory } from './far-cache.ts'

export interface RedisCacheOptions extends FarTierOptions {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS. */
  readonly url: string
  /** PEM of the authorities that are trusted, instead of those of the machine; for `rediss:` alone. */
  readonly ca?: string
  /** Before every key, `lading:cache:` where nothing is said: what is not under it is left alone. */
  readonly prefix?: string
}

/** Answers in a Redis server, version 6 or later, behind the memory of this process. */
export class RedisCache extends FarCache {
  /** @throws RangeError for a bound, an empty prefix, or a URL that is none of Redis */
  constructor({ url, ca, prefix, ...rest }: RedisCacheOptions) {
    const { protocol, search } = URL.parse(url) ?? {}
    // What is wrong with it is not said by showing it: it may hold a password.
    if (protocol !== 'redis:' && protocol !== 'rediss:')
      throw new RangeError('url is no redis: or rediss: URL')
    if (search !== '') throw new RangeError('url has parameters, and Redis has none')
    if (ca !== undefined && protocol !== 'rediss:') throw new RangeError('ca is for a rediss: URL')
    if (prefix === '') throw new RangeError('a prefix has at least one character')
    const open = async () => {
      const { openRedisTier } = await import('../../adapters/cache/redis/open-redis-tier.ts')
      return openRedisTier({
        url,
        ...(ca !== undefined && { ca }),
        ...(prefix !== undefined && { prefix }),
      })
    }
    super({ near: usualMemory(), places: [{ name: 'redis', follow: true, open, ...farTierOptions(rest) }] })
  }
}
