/** What keeps a registry from using a Redis server; undefined: nothing. */
export async function tryRedisAt(url: string, timeoutMs: number): Promise<string | undefined> {
  const { tryRedis } = await import('../../adapters/cache/redis/try-redis.ts')
  return await tryRedis(url, timeoutMs)
}

/** The same of a Memcached server, by `host:port` with who comes before it. */
export async function tryMemcachedAt(address: string, timeoutMs: number): Promise<string | undefined> {
  const { tryMemcached } = await import('../../adapters/cache/memcached/try-memcached.ts')
  return await tryMemcached(address, timeoutMs)
}
