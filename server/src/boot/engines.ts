import { readFile } from 'node:fs/promises'
import { openJoseSigner } from '../adapters/identity/jose/open-jose-signer.ts'
import { listedPasswords } from '../adapters/identity/listed-passwords/listed-passwords.ts'
import { otpauthCodes } from '../adapters/identity/otpauth/otpauth-codes.ts'
import { openPasswords } from '../adapters/identity/shared/open-passwords.ts'
import { openPasskeys } from '../adapters/identity/simplewebauthn/webauthn-passkeys.ts'
import { shareBuckets } from '../adapters/rates/memory/shared-buckets.ts'
import type { StoreLink } from '../adapters/store/sqlite/store-link.ts'
import type { PinoTelemetry, PinoTelemetryOptions } from '../adapters/telemetry/pino/open-pino-telemetry.ts'
import { type SharedMetrics, shareMetrics } from '../adapters/telemetry/shared/metrics.ts'
import type { Config } from '../config/config.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { TieredCache } from '../ports/cache/tiered-cache.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Identity } from '../ports/identity/identity.ts'
import type { CommonPasswords, Passwords } from '../ports/identity/passwords.ts'
import type { TokenSigner } from '../ports/identity/token-signer.ts'
import type { Mailer } from '../ports/mail/mail.ts'
import type { Outgoing } from '../ports/outgoing/outgoing.ts'
import type { Random } from '../ports/random/random.ts'
import type { Rates } from '../ports/rates/rates.ts'
import type { Store } from '../ports/store/store.ts'
import type { Metering, Telemetry } from '../ports/telemetry/telemetry.ts'
import type { Tracing } from '../ports/telemetry/tracing.ts'
import type { SecondFactorPorts } from './compose/factors.ts'
import type { OutsidePorts } from './compose/outside.ts'
import type { SearchFace } from './compose/searching.ts'
import { openTracing } from './instrument/trace-requests.ts'
import { openBlobs } from './open-blobs.ts'
import { openFarCache } from './open-far-cache.ts'
import { openOutgoing } from './open-outgoing.ts'
import { openOutside } from './open-outside.ts'
import { openRates } from './open-rates.ts'
import { type OpenedSearch, openSearch } from './open-search.ts'
import { openStore } from './open-store.ts'
import { schema } from './schema.ts'
import { configOfThread, passwordBounds, threadCount } from './threads/thread-count.ts'
import type { Look } from './threads/thread-figures.ts'
import type { ThreadData } from './threads/thread-messages.ts'
import { whenThere } from './threads/when-there.ts'
import { trustAuthorities } from './trust-authorities.ts'

/** What a registry stands on, opened. Who has them closes `blobs`, then `store`, which holds the data folder's lock. */
export interface Engines {
  readonly store: Store
  readonly blobs: Blobs
  readonly cache: Cache
  /** Where answers are kept beyond the process, sealed by a key. */
  readonly farCache?: (key: Uint8Array) => TieredCache
  readonly clock: Clock
  readonly random: Random
  /** Absent: the configuration names no users. */
  readonly identity?: Identity
  readonly passwords: Passwords
  readonly commonPasswords: CommonPasswords
  readonly secondFactors: SecondFactorPorts
  readonly mail: Mailer
  readonly tokenSigner: TokenSigner
  /** Who knows people and machines elsewhere. */
  readonly outside: OutsidePorts
  /** What users have named is asked by it. Absent: nothing is. */
  readonly outgoing?: Outgoing
  /** Absent: nothing is counted. */
  readonly rates?: Rates
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
  /** Of MemoryRates. */
  readonly buckets: SharedArrayBuffer
  /** For one more thread; absent where that opens a store of its own. */
  shareStore?(): StoreLink
  /** One or more whole lines of another thread's log. */
  passLine(line: string): void
}

/** By the configuration. What cannot be opened leaves nothing open. */
export async function openEngines(config: Config): Promise<Engines> {
  trustAuthorities(config)
  const { systemClock } = await import('../adapters/clock/system/system-clock.ts')
  // First of all, since a writer of its own takes the longest to start, and does so on a thread of its own.
  const { store, look, share } = await openStore(config, systemClock)
  try {
    const { telemetry, metrics, unflushable, buckets, ...others } = await openOthers(config)
    return {
      ...others,
      telemetry,
      store,
      looks: looksOf(look, telemetry),
      joint: {
        metrics,
        unflushable,
        buckets,
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
  trustAuthorities(config)
  const { metrics: _, unflushable: __, buckets: ___, ...others } = await openOthers(config)
  return { ...others, store }
}

/** All but the store, for one thread or the first of several. */
async function openOthers(
  config: Config,
): Promise<SmallEngines & Pick<Engines, 'blobs'> & Pick<Joint, 'metrics' | 'unflushable' | 'buckets'>> {
  const threads = threadCount(config)
  const metrics = shareMetrics(threads)
  const own = configOfThread(config, threads)
  const buckets = shareBuckets()
  const [{ UnflushableFiles }, small] = await Promise.all([
    import('../adapters/blobs/folder/unflushable-files.ts'),
    openSmallEngines(own, threads, { to: 'stderr', metrics: { shared: metrics }, buckets }),
  ])
  const unflushable = new UnflushableFiles().shared
  const blobs = await openBlobs(own, { ...small, unflushable })
  return { ...small, blobs, metrics, unflushable, buckets }
}

/** The same for another thread of the process. To be closed before those that it joins. */
export async function joinEngines({
  config,
  store: link,
  metrics,
  unflushable,
  buckets,
  thread,
  lines,
}: ThreadData): Promise<Engines> {
  trustAuthorities(config)
  const small = await openSmallEngines(config, metrics.threads, {
    to: { write: (line) => lines.postMessage(line) },
    metrics: { shared: metrics, thread },
    buckets,
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

async function openMail({ mail }: Config, telemetry: Telemetry): Promise<Mailer> {
  const { url, from, ca, timeout: timeoutMs } = mail
  if (url === undefined) {
    const { consoleMailer } = await import('../adapters/mail/console/console-mailer.ts')
    return consoleMailer((text) => telemetry.warn(text))
  }
  const { openSmtpMailer } = await import('../adapters/mail/smtp/smtp-mailer.ts')
  const trust = ca === undefined ? {} : { ca: await readFile(ca, 'utf8') }
  return openSmtpMailer({ url, from, timeoutMs, ...trust })
}

type SmallEngines = Omit<Engines, 'store' | 'blobs' | 'looks' | 'joint'> & {
  readonly telemetry: PinoTelemetry
}

/** Those that hold nothing which has to be closed. */
async function openSmallEngines(
  config: Config,
  threads: number,
  { buckets, ...log }: Pick<PinoTelemetryOptions, 'to' | 'metrics'> & Pick<Joint, 'buckets'>,
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
    // Whoever is wrong costs a hash here too, whosever the name is: only where it could have been somebody's.
    ...(config.users.length > 0 && {
      identity: openConfigUsers({
        users: config.users.map(({ name, passwordHash }) => ({ user: name, hash: passwordHash })),
        bounds: passwordBounds(threads),
      }),
    }),
    passwords: openPasswords({ bounds: passwordBounds(threads) }),
    commonPasswords: listedPasswords(),
    secondFactors: { codes: otpauthCodes, passkeys: openPasskeys() },
    mail: await openMail(config, telemetry),
    rates: await openRates(config, telemetry, buckets),
    outgoing: openOutgoing(config),
    tokenSigner: openJoseSigner(),
    outside: openOutside(config),
    telemetry,
    ...(tracing === undefined ? {} : { tracing }),
    ...(farCache === undefined ? {} : { farCache }),
  }
}
