import { startOpenSearchServer } from '../../../server/test/kit/servers/opensearch-server.ts'
import { startPostgresqlServer } from '../../../server/test/kit/servers/postgresql-server.ts'
import { startRedisServer } from '../../../server/test/kit/servers/redis-server.ts'
import { startS3Server } from '../../../server/test/kit/servers/s3-server.ts'
import type { Addresses, WantedServers } from './hosted.ts'

/**
 * Starts servers, prints one line of where they are, and keeps them until its input ends: so they go with whoever wanted
 * them, however that ends.
 */
async function host({ postgresql, s3, redis, opensearch }: WantedServers): Promise<void> {
  // What is asked of it while servers start is done once they have.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  await using stack = new AsyncDisposableStack()
  const addresses: { -readonly [Name in keyof Addresses]: Addresses[Name] } = {}
  if (postgresql !== undefined) {
    const { url } = stack.use(await startPostgresqlServer({ fsync: true, ...postgresql }))
    addresses.postgresql = url
  }
  if (s3 === true) {
    const { endpoint, region, credentials } = stack.use(await startS3Server())
    addresses.s3 = { endpoint, region, credentials }
  }
  if (redis === true) addresses.redis = stack.use(await startRedisServer()).url
  if (opensearch !== undefined) addresses.opensearch = stack.use(await startOpenSearchServer(opensearch)).url
  console.log(JSON.stringify(addresses))
  for await (const _ of process.stdin);
}

await host(JSON.parse(process.argv[2] ?? '') as WantedServers)
