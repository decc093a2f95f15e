import type { StoreLink } from '../adapters/store/sqlite/store-link.ts'
import type { PinoTelemetry, PinoTelemetryOptions } from '../adapters/telemetry/pino/open-pino-telemetry.ts'
import { type SharedMetrics, shareMetrics } from '../adapters/telemetry/shared/metrics.ts'
import type { Config } from '../config/config.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { TieredCache } from '../ports/cache/tiered-cache.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Identity } from '../ports/identity/identity.ts'
import type { Random } from '../ports/random/random.ts'
import type { Store } from '../ports/store/store.ts'
import type { Metering } from '../ports/telemetry/telemetry.ts'
import type { Tracing } from '../ports/telemetry/tracing.ts'
import type { SearchFace } from './compose/searching.ts'
import { openTracing } from './instrument/trace-requests.ts'
import { openBlobs } from './open-blobs.ts'
import { openFarCache } from './open-far-cache.ts'
import { type OpenedSearch, openSearch } from './open-search.ts'
import { openStore } from './open-store.ts'
import { schema } from './schema.ts'
import { configOfThread, passwordBounds, threadCount } from './threads/thread-count.ts'
import type { Look } from './threads/thread-figures.ts'
import type { ThreadData } from './threads/thread-messages.ts'
import { whenThere } from './threads/when-there.ts'

/** What a registry stands on, opened. Who has them closes `blobs`, then `store`, which holds the data folder's lock. */
export interface Engines {
  readonly store: Store
  readonly blobs: Blobs
  readonly cache: Cache
  /** Where answers are kept beyond the process, sealed by a key. */
  readonly farCache?: (key: Uint8Array) => TieredCache
  readonly clock: Clock
  readonly random: Random
  readonly identity: Identity
  readonly telemetry: Metering
  /** What artifacts are found with: the engines, or another thread's. Who has them closes them before the store. */
  readonly search?: OpenedSearch | SearchFace
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
  /** For one more thread; absent where that opens a store of its own. */
  shareStore?(): StoreLink
  /** One or more whole lines of another thread's log. */
  passLine(line: string): void
}

/** By the configuration. What cannot be opened leaves nothing open. */
export async function openEngines(config: Config): Promise<Engines> {
  const { systemClock } = await import('../adapters/clock/system/system-clock.ts')
  // First of all, since a writer of its own takes the longest to start, and does so on a thread of its own.
  const { store, look, share } = await openStore(config, systemClock)
  try {
    const { telemetry, metrics, unflushable, ...others } = await openOthers(config)
    return {
      ...others,
      telemetry,
      store,
      looks: looksOf(look, telemetry),
      joint: {
        metrics,
        unflushable,
        ...(share !== undefined && { shareStore: share }),
        passLine: (line) => telemetry.pass(line),
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The same, with what artifacts are found with. */
export async function openSearchedEngines(config: Config): Promise<Engines> {
  const engines = await openEngines(config)
  try {
    const search = await openSearch(config)
    return { ...engines, ...(search !== undefined && { search }) }
  } catch (error) {
    await engines.blobs.close().finally(() => engines.store.close())
    throw error
  }
}

/** Closes the search of engines; that of another thread is that one's to close. */
export async function closeSearch({ search }: Pick<Engines, 'search'>): Promise<void> {
  if (search !== undefined && 'close' in search) await search.close()
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
  const own = configOfThread(config, threads)
  const [{ UnflushableFiles }, small] = await Promise.all([
    import('../adapters/blobs/folder/unflushable-files.ts'),
    openSmallEngines(own, threads, { to: 'stderr', metrics: { shared: metrics } }),
  ])
  const unflushable = new UnflushableFiles().shared
  const blobs = await openBlobs(own, { ...small, unflushable })
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
  const small = await openSmallEngines(config, metrics.threads, {
    to: { write: (line) => lines.postMessage(line) },
    metrics: { shared: metrics, thread },
  })
  const { clock, telemetry } = small
  const blobs = await whenThere(() => openBlobs(config, { ...small, unflushable }), small)
  if (link === undefined) {
    const { store, look } = await whenThere(() => openStore(config, clock), small)
    return { ...small, blobs, store, looks: looksOf(look, telemetry) }
  }
  const { joinSqliteStore } = await import('../adapters/store/sqlite/sqlite-store.ts')
  return { ...small, blobs, store: joinSqliteStore(link, schema, () => clock.now()) }
}

function looksOf(look: ((telemetry: Metering) => Look) | undefined, telemetry: Metering): readonly Look[] {
  return look === undefined ? [] : [look(telemetry)]
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
  const [tracing, farCache] = await Promise.all([
    openTracing(config, telemetry),
    openFarCache(config, { clock: systemClock, random: cryptoRandom, telemetry }),
  ])
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
    ...(farCache === undefined ? {} : { farCache }),
  }
}
