import { join } from 'node:path'
import type { StoreLink } from '../adapters/store/sqlite/store-link.ts'
import type { PinoTelemetry, PinoTelemetryOptions } from '../adapters/telemetry/pino/open-pino-telemetry.ts'
import { type SharedMetrics, shareMetrics } from '../adapters/telemetry/shared/metrics.ts'
import type { Config } from '../config/config.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Identity } from '../ports/identity/identity.ts'
import type { Random } from '../ports/random/random.ts'
import type { Store } from '../ports/store/store.ts'
import type { Metering } from '../ports/telemetry/telemetry.ts'
import type { Tracing } from '../ports/telemetry/tracing.ts'
import { sqliteLook } from './admin/sqlite-look.ts'
import { instrumentFileSystem } from './instrument/instrument-blobs.ts'
import { openTracing } from './instrument/trace-requests.ts'
import { schema } from './schema.ts'
import { configOfThread, passwordBounds, threadCount } from './threads/thread-count.ts'
import type { Look } from './threads/thread-figures.ts'
import type { ThreadData } from './threads/thread-messages.ts'

/** What a registry stands on, opened. Who has them closes `blobs`, then `store`, which holds the data folder's lock. */
export interface Engines {
  readonly store: Store
  readonly blobs: Blobs
  readonly cache: Cache
  readonly clock: Clock
  readonly random: Random
  readonly identity: Identity
  readonly telemetry: Metering
  /** Where traces are sent. */
  readonly tracing?: Tracing
  /** What they can tell of themselves. */
  readonly looks?: readonly Look[]
  /** Where other threads of the process can join them. */
  readonly joint?: Joint
}

export interface Joint {
  readonly metrics: SharedMetrics
  /** Of UnflushableFiles. */
  readonly unflushable: SharedArrayBuffer
  /** For one more thread. */
  shareStore(): StoreLink
  /** One or more whole lines of another thread's log. */
  passLine(line: string): void
}

/** The engines of one machine: SQLite and a folder. What cannot be opened leaves nothing open. */
export async function openEngines(config: Config): Promise<Engines> {
  const [{ openSqliteStore }, { systemClock }] = await Promise.all([
    import('../adapters/store/sqlite/sqlite-store.ts'),
    import('../adapters/clock/system/system-clock.ts'),
  ])
  // First of all, since its writer takes the longest to start, and does so on a thread of its own.
  const store = await openSqliteStore(
    { folder: config.data, now: () => systemClock.now(), reserveBytes: config.limits.reserveBytes },
    schema,
  )
  try {
    const { telemetry, metrics, unflushable, ...others } = await openOthers(config)
    return {
      ...others,
      telemetry,
      store,
      looks: [sqliteLook(store, telemetry)],
      joint: {
        metrics,
        unflushable,
        shareStore: () => store.share(),
        passLine: (line) => telemetry.pass(line),
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Those of a registry that nobody serves, on a store that somebody else has opened and closes. */
export async function openEnginesOn(store: Store, config: Config): Promise<Engines> {
  const { metrics: _, unflushable: __, ...others } = await openOthers(config)
  return { ...others, store }
}

/** All but the store, for one thread or the first of several. */
async function openOthers(
  config: Config,
): Promise<SmallEngines & Pick<Engines, 'blobs'> & Pick<Joint, 'metrics' | 'unflushable'>> {
  const threads = threadCount(config)
  const metrics = shareMetrics(threads)
  const [{ openFolderBlobs }, { realFileSystem }, { UnflushableFiles }, small] = await Promise.all([
    import('../adapters/blobs/folder/open-folder-blobs.ts'),
    import('../adapters/blobs/folder/file-system.ts'),
    import('../adapters/blobs/folder/unflushable-files.ts'),
    openSmallEngines(configOfThread(config, threads), threads, {
      to: 'stderr',
      metrics: { shared: metrics },
    }),
  ])
  const { clock, random, telemetry } = small
  const fs = instrumentFileSystem(realFileSystem, telemetry)
  const unflushable = new UnflushableFiles().shared
  const blobs = await openFolderBlobs({
    folder: join(config.data, 'blobs'),
    clock,
    random,
    fs,
    unflushable,
    ...buffersOf(configOfThread(config, threads)),
  })
  return { ...small, blobs, metrics, unflushable }
}

/** The same for another thread of the process. To be closed before those that it joins. */
export async function joinEngines({
  config,
  store: link,
  metrics,
  unflushable,
  thread,
  lines,
}: ThreadData): Promise<Engines> {
  const [{ joinSqliteStore }, { openFolderBlobs }, { realFileSystem }, small] = await Promise.all([
    import('../adapters/store/sqlite/sqlite-store.ts'),
    import('../adapters/blobs/folder/open-folder-blobs.ts'),
    import('../adapters/blobs/folder/file-system.ts'),
    openSmallEngines(config, metrics.threads, {
      to: { write: (line) => lines.postMessage(line) },
      metrics: { shared: metrics, thread },
    }),
  ])
  const { clock, random } = small
  const fs = instrumentFileSystem(realFileSystem, small.telemetry)
  const blobs = await openFolderBlobs({
    folder: join(config.data, 'blobs'),
    clock,
    random,
    fs,
    unflushable,
    ...buffersOf(config),
  })
  return { ...small, blobs, store: joinSqliteStore(link, schema, () => clock.now()) }
}

function buffersOf({ limits }: Config): { readonly writeBytes: number; readonly readBytes: number } {
  return { writeBytes: limits.uploadBufferBytes, readBytes: limits.downloadBufferBytes }
}

type SmallEngines = Omit<Engines, 'store' | 'blobs' | 'looks' | 'joint'> & {
  readonly telemetry: PinoTelemetry
}

/** Those that hold nothing which has to be closed. */
async function openSmallEngines(
  config: Config,
  threads: number,
  log: Pick<PinoTelemetryOptions, 'to' | 'metrics'>,
): Promise<SmallEngines> {
  const [{ openMemoryCache }, { systemClock }, { cryptoRandom }, { openConfigUsers }, { openPinoTelemetry }] =
    await Promise.all([
      import('../adapters/cache/memory/open-memory-cache.ts'),
      import('../adapters/clock/system/system-clock.ts'),
      import('../adapters/random/crypto/crypto-random.ts'),
      import('../adapters/identity/config-users/open-config-users.ts'),
      import('../adapters/telemetry/pino/open-pino-telemetry.ts'),
    ])
  const { format, level } = config.log
  const telemetry = openPinoTelemetry({
    level,
    pretty: format === 'pretty' || (format === 'auto' && process.stderr.isTTY),
    ...log,
  })
  const tracing = await openTracing(config, telemetry)
  return {
    cache: openMemoryCache({ maxBytes: Math.max(1, config.cache.bytes) }),
    clock: systemClock,
    random: cryptoRandom,
    identity: openConfigUsers({
      users: config.users.map(({ name, passwordHash }) => ({ user: name, hash: passwordHash })),
      bounds: passwordBounds(threads),
    }),
    telemetry,
    ...(tracing === undefined ? {} : { tracing }),
  }
}
