import { readFileSync } from 'node:fs'

/** What keeps a registry from using a Redis server; undefined: nothing. `ca`: a file. */
export async function tryRedisAt(
  { url, ca }: { readonly url: string; readonly ca: string | undefined },
  timeoutMs: number,
): Promise<string | undefined> {
  const { tryRedis } = await import('../../adapters/cache/redis/try-redis.ts')
  return await tryRedis({ url, ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }) }, timeoutMs)
}

/** The same of a Memcached server, by `host:port` with who comes before it. */
export async function tryMemcachedAt(address: string, timeoutMs: number): Promise<string | undefined> {
  const { tryMemcached } = await import('../../adapters/cache/memcached/try-memcached.ts')
  return await tryMemcached(address, timeoutMs)
}
