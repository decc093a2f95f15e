import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFolderBlobs } from '../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { openMemoryBlobs } from '../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryCache } from '../../src/adapters/cache/memory/open-memory-cache.ts'
import { ManualClock } from '../../src/adapters/clock/manual/manual-clock.ts'
import { openConfigUsers } from '../../src/adapters/identity/config-users/open-config-users.ts'
import { openJoseSigner } from '../../src/adapters/identity/jose/open-jose-signer.ts'
import { listedPasswords } from '../../src/adapters/identity/listed-passwords/listed-passwords.ts'
import { otpauthCodes } from '../../src/adapters/identity/otpauth/otpauth-codes.ts'
import { hashPassword } from '../../src/adapters/identity/shared/hash-password.ts'
import { openPasswords } from '../../src/adapters/identity/shared/open-passwords.ts'
import { openPasskeys } from '../../src/adapters/identity/simplewebauthn/webauthn-passkeys.ts'
import { consoleMailer } from '../../src/adapters/mail/console/console-mailer.ts'
import { cryptoRandom } from '../../src/adapters/random/crypto/crypto-random.ts'
import { MemoryRates } from '../../src/adapters/rates/memory/memory-rates.ts'
import { openMemorySearch } from '../../src/adapters/search/memory/open-memory-search.ts'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import type { Composed } from '../../src/boot/compose.ts'
import { openTracing } from '../../src/boot/instrument/trace-requests.ts'
import { openOutside } from '../../src/boot/open-outside.ts'
import type { OpenedSearch } from '../../src/boot/open-search.ts'
import { schema } from '../../src/boot/schema.ts'
import { serveEngines } from '../../src/boot/serve-engines.ts'
import type { Config, Limits } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Blobs } from '../../src/ports/blobs/blobs.ts'
import type { Mailer } from '../../src/ports/mail/mail.ts'
import type { Outgoing } from '../../src/ports/outgoing/outgoing.ts'
import type { Store } from '../../src/ports/store/store.ts'

export interface TestRegistryOptions {
  /** `memory` (the default) starts at once; `disk` is SQLite and a folder, and survives `restart`. */
  readonly engines?: 'memory' | 'disk'
  /** A data folder that is there already, and stays; only of `disk`. */
  readonly folder?: string
  /** Names and passwords. */
  readonly users?: Readonly<Record<string, string>>
  readonly access?: Partial<Config['access']>
  readonly namespaces?: Config['namespaces']
  readonly limits?: Partial<Limits>
  readonly tls?: Config['tls']
  readonly publicUrl?: string
  readonly traces?: Partial<Config['traces']>
  readonly mail?: Mailer
  readonly gate?: Partial<Config['gate']>
  readonly rates?: Partial<Config['rates']>
  readonly outgoing?: Partial<Config['outgoing']>
  readonly logLevel?: Config['log']['level']
  readonly search?: Partial<Config['search']>
  readonly signIn?: Partial<Config['signIn']>
  /** How providers elsewhere are asked. */
  readonly asking?: Outgoing
  /** ms since 1970 at the start. */
  readonly now?: number
  /** What the registry is given instead of its engines: for faults. */
  readonly wrap?: { readonly store?: (store: Store) => Store; readonly blobs?: (blobs: Blobs) => Blobs }
}

/** A real server in this process, on a free port of 127.0.0.1, that a test owns whole. */
export interface TestRegistry extends AsyncDisposable {
  readonly url: string
  readonly clock: ManualClock
  readonly telemetry: MemoryTelemetry
  readonly composed: Composed
  readonly config: Config
  /** Stops the server; the data stay for `restart`. */
  close(): Promise<void>
  /** A new server on the same data; only of `disk`. */
  restart(): Promise<TestRegistry>
}

/** Cheap to verify: tests are not about the cost of guessing. */
const testCost = { ln: 4, r: 8, p: 1 }

export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'lading-test-')))
  return await start(options, folder).catch(async (error: unknown) => {
    if (folder !== options.folder) await rm(folder, { recursive: true, force: true })
    throw error
  })
}

async function start(options: TestRegistryOptions, folder: string): Promise<TestRegistry> {
  const clock = new ManualClock(options.now)
  const telemetry = new MemoryTelemetry()
  const config = await configOf(options, folder)
  const opened = await openStorage(options, folder, clock)
  const store = options.wrap?.store?.(opened.store) ?? opened.store
  const blobs = options.wrap?.blobs?.(opened.blobs) ?? opened.blobs
  const identity = openConfigUsers({
    users: config.users.map(({ name, passwordHash }) => ({ user: name, hash: passwordHash })),
  })
  const cache = openMemoryCache({ maxBytes: config.cache.bytes })
  const tracing = await openTracing(config, telemetry)
  const engines = {
    store,
    blobs,
    cache,
    clock,
    random: cryptoRandom,
    identity,
    passwords: openPasswords({ cost: { m: 64, t: 1, p: 1 } }),
    commonPasswords: listedPasswords(),
    secondFactors: { codes: otpauthCodes, passkeys: openPasskeys() },
    mail: options.mail ?? consoleMailer((text) => telemetry.warn(text)),
    tokenSigner: openJoseSigner(),
    outside: openOutside(config, options.asking),
    rates: new MemoryRates({ now: () => clock.monotonic() }),
    telemetry,
    ...(config.search.engine === 'none' ? {} : { search: memorySearch(config) }),
    ...(tracing === undefined ? {} : { tracing }),
  }
  const server = await serveEngines(engines, config)
  return {
    url: server.url,
    clock,
    telemetry,
    composed: server.composed,
    config,
    close: server.close,
    restart: async () => {
      await server.close()
      return await start(options, folder)
    },
    [Symbol.asyncDispose]: async () => {
      await server.close()
      if (folder !== options.folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

function memorySearch({ search: { timeout, pause, interval } }: Config): OpenedSearch {
  const engine = openMemorySearch()
  return { main: { name: 'sqlite', engine }, timeout, pause, interval, close: () => engine.close() }
}

async function openStorage(
  { engines = 'memory' }: TestRegistryOptions,
  folder: string,
  clock: ManualClock,
): Promise<{ store: Store; blobs: Blobs }> {
  const now = (): number => clock.now()
  if (engines === 'memory') return { store: await openMemoryStore(schema, { now }), blobs: openMemoryBlobs() }
  return {
    store: await openSqliteStore({ folder, now }, schema),
    blobs: await openFolderBlobs({ folder: join(folder, 'blobs'), clock, random: cryptoRandom }),
  }
}

async function configOf(options: TestRegistryOptions, folder: string): Promise<Config> {
  const usual = defaultConfig(folder)
  const users = await Promise.all(
    Object.entries(options.users ?? {}).map(async ([name, password]) => ({
      name,
      passwordHash: await hashPassword(password, testCost),
    })),
  )
  return {
    ...usual,
    listen: { host: '127.0.0.1', port: 0 },
    data: folder,
    publicUrl: options.publicUrl,
    users,
    access: { ...usual.access, read: 'anyone', write: 'anyone', ...options.access },
    namespaces: options.namespaces ?? {},
    traces: { ...usual.traces, ...options.traces },
    gate: { ...usual.gate, ...options.gate },
    rates: { ...usual.rates, ...options.rates },
    outgoing: { ...usual.outgoing, ...options.outgoing },
    tls: options.tls ?? usual.tls,
    search: { ...usual.search, ...options.search },
    signIn: { ...usual.signIn, ...options.signIn },
    log: { level: options.logLevel ?? 'warn', format: 'json' },
    limits: { ...usual.limits, shutdownGrace: 5_000, ...options.limits },
  }
}

/** What a process with no configuration at all runs with. */
function defaultConfig(folder: string): Config {
  const readFile = (): never => {
    throw Object.assign(new Error('there is no file'), { code: 'ENOENT' })
  }
  const loaded = loadConfig({ flags: {}, env: {}, cwd: folder, readFile })
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes))
  return loaded.config
}
