import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlternatingProxy, startAlternatingProxy } from './alternating-proxy.ts'
import { type FaultProxies, type FaultProxy, faultProxyTool, startFaultProxies } from './fault-proxy.ts'
import {
  type PostgresqlServer,
  type PostgresqlServerOptions,
  postgresqlSkip,
  startPostgresqlServer,
} from './postgresql-server.ts'
import { type RedisServer, redisTool, startRedisServer } from './redis-server.ts'
import { type S3Server, s3ServerTool, startS3Server } from './s3-server.ts'
import { type LadingProcess, ladingProcess } from './topology-process.ts'

/** Between every Lading and a server. */
export interface Spoilers {
  readonly database: FaultProxy
  readonly s3: FaultProxy
  readonly redis: FaultProxy
  /** What S3 answers by, such as 503, until it is undefined again. */
  s3Status: number | undefined
}

/** Several Ladings on one PostgreSQL, one S3 and one Redis, behind a proxy that goes round. Disposal ends all of it. */
export interface Topology extends AsyncDisposable {
  /** Of the proxy. */
  readonly url: string
  readonly address: string
  readonly proxy: AlternatingProxy
  readonly ladings: readonly LadingProcess[]
  readonly database: PostgresqlServer
  /** Of the registry's own database, past any spoiler. */
  readonly databaseUrl: string
  readonly s3: S3Server
  readonly bucket: string
  readonly redis: RedisServer
  /** Only where `spoilt` was asked for. */
  readonly spoilers: Spoilers | undefined
  /** What makes one more Lading work on the same servers, in its environment. */
  readonly settings: Readonly<Record<string, string>>
}

export interface TopologyOptions {
  /** Of Lading. Default: 2. */
  readonly processes?: number
  /** toxiproxy stands between every Lading and each server. */
  readonly spoilt?: boolean
  /** `LADING_…`, of every process. */
  readonly settings?: Readonly<Record<string, string>>
  /** ms by which the clock of each process is ahead, in their order. */
  readonly aheadMs?: readonly number[]
  readonly postgresql?: PostgresqlServerOptions
  /** False: the servers alone; whoever wants a Lading starts it. */
  readonly started?: boolean
}

/** False where a topology can be started, or why not. */
export const topologySkip: string | false =
  postgresqlSkip || redisTool.skip || s3ServerTool.skip || faultProxyTool.skip

export async function startTopology(options: TopologyOptions = {}): Promise<Topology> {
  const { processes = 2, spoilt = false, aheadMs = [], started = true } = options
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'lading-topology-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database = stack.use(await startPostgresqlServer(options.postgresql))
  const s3 = stack.use(await startS3Server())
  const redis = stack.use(await startRedisServer())
  const [databaseUrl, bucket] = [await database.database(), await s3.bucket()]
  const faults = spoilt ? stack.use(await startFaultProxies()) : undefined
  const spoilers = faults && (await spoilersOf(faults, { database, s3, redis }, stack))
  const settings = {
    ...placesOf({ database: databaseUrl, endpoint: s3.endpoint, redis: redis.url }, spoilers),
    LADING_BLOBS_BUCKET: bucket,
    LADING_BLOBS_PATH_STYLE: 'true',
    LADING_BLOBS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    LADING_BLOBS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    ...options.settings,
  }
  const ladings: LadingProcess[] = []
  for (let at = 0; at < processes; at++) {
    const own = join(folder, `lading-${at + 1}`)
    ladings.push(stack.use(await ladingProcess(own, { aheadMs: aheadMs[at] ?? 0, loaded: [], settings })))
  }
  // One after the other: the first one makes the tables, and two cores start two at once no sooner.
  if (started) for (const each of ladings) await each.start()
  const proxy = stack.use(await startAlternatingProxy(ladings.map(({ url }) => url)))
  const ends = stack.move()
  return {
    url: proxy.url,
    address: proxy.address,
    proxy,
    ladings,
    database,
    databaseUrl,
    s3,
    bucket,
    redis,
    spoilers,
    settings,
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  }
}

async function spoilersOf(
  faults: FaultProxies,
  { database, s3, redis }: Pick<Topology, 'database' | 's3' | 'redis'>,
  stack: AsyncDisposableStack,
): Promise<Spoilers> {
  const status: Pick<Spoilers, 's3Status'> = { s3Status: undefined }
  const answering = stack.use(await startAlternatingProxy([s3.endpoint], () => status.s3Status))
  return Object.assign(status, {
    database: await faults.add(`127.0.0.1:${database.port}`),
    s3: await faults.add(answering.address),
    redis: await faults.add(`127.0.0.1:${redis.port}`),
  })
}

interface Places {
  readonly database: string
  readonly endpoint: string
  readonly redis: string
}

function placesOf(
  { database, endpoint, redis }: Places,
  spoilers: Spoilers | undefined,
): Record<'LADING_STORE_URL' | 'LADING_BLOBS_ENDPOINT' | 'LADING_CACHE_REDIS', string> {
  const by = (address: string, spoiler: FaultProxy | undefined): string => {
    if (spoiler === undefined) return address
    const url = new URL(address)
    url.port = String(spoiler.port)
    return url.href.replace(/\/$/, '')
  }
  return {
    LADING_STORE_URL: by(database, spoilers?.database),
    LADING_BLOBS_ENDPOINT: by(endpoint, spoilers?.s3),
    LADING_CACHE_REDIS: by(redis, spoilers?.redis),
  }
}
