import type { AddressInfo } from 'node:net'
import { DistantJournal } from '../adapters/journal/store/distant-journal.ts'
import { defaultStoreJournalOptions, StoreJournal } from '../adapters/journal/store/store-journal.ts'
import { createHealthDoor } from '../api/health/door.ts'
import { createMetricsDoor } from '../api/metrics/door.ts'
import { createOauthDoor } from '../api/oauth/door.ts'
import { createApiDoor } from '../api/rest/door.ts'
import { createWellKnownDoor } from '../api/well-known/door.ts'
import type { Config } from '../config/config.ts'
import { writersOf } from '../config/writers-of.ts'
import { unsealedNow } from '../core/audit/unsealed-tail.ts'
import { followedGenerations, Generations } from '../core/cache/generations.ts'
import { heardWithinMs } from '../core/cache/hearing.ts'
import { countingDamaged } from '../core/content/count-damaged.ts'
import { LocalUploadTurns, type UploadTurns } from '../core/content/upload-turns.ts'
import { defaultLimits, type Limits } from '../core/ledger/limits.ts'
import type { Door } from '../http/door.ts'
import type { Exchange } from '../http/exchange.ts'
import { assertFree } from '../http/free-address.ts'
import { type ListenOptions, listen } from '../http/listen.ts'
import { ownAddress } from '../http/own-address.ts'
import { notingRefusals, type RefusedRequest } from '../http/refusal.ts'
import { tokenRealm } from '../http/token-realm.ts'
import { jobHandlers, schedules, swiftJobs } from '../jobs/handlers.ts'
import { plant } from '../jobs/schedule.ts'
import { kindsByName } from '../kinds/kinds.ts'
import { createAccountDoor } from '../pages/account/door.ts'
import { createSignInDoor } from '../pages/account/sign-in-door.ts'
import { createPagesDoor } from '../pages/home/door.ts'
import { answerNowhere } from '../pages/home/nowhere.ts'
import { createProblemsDoor } from '../pages/problems/door.ts'
import type { Journal } from '../ports/journal/journal.ts'
import type { Following } from '../ports/store/store.ts'
import { createOciDoor } from '../protocols/oci/door.ts'
import { createTokenDoor } from '../protocols/oci/token-door.ts'
import { apiRoutes } from './api-routes.ts'
import { closeAll, closeTogether } from './compose/close-all.ts'
import { followRegistry } from './compose/follow-registry.ts'
import { type Composed, compose, type Rules } from './compose.ts'
import { Departure } from './departure.ts'
import { closeSearch, type Engines } from './engines.ts'
import { addressesOf, gateOf, wrongPasswordsOf } from './gate-of.ts'
import { accessLog, refusalLog } from './instrument/access-log.ts'
import { instrumentEngines } from './instrument/instrument.ts'
import { instrumentJobs } from './instrument/instrument-jobs.ts'
import { instrumentRequests } from './instrument/instrument-requests.ts'
import { instrumentUploads } from './instrument/instrument-uploads.ts'
import { traceRequests } from './instrument/trace-requests.ts'
import { Watch } from './instrument/watch.ts'
import { withinOpenFiles } from './open-files.ts'
import { waysInOf } from './open-outside.ts'
import { requireRightToWrite } from './probe.ts'
import { readKinds } from './read-kinds.ts'
import { readTls } from './read-tls.ts'
import type { Registry } from './registry.ts'
import { relyingParty } from './relying-party.ts'
import type { RunningServer } from './running-server.ts'
import { otherThreads } from './threads/other-threads.ts'
import type { ServingThreads } from './threads/serving-threads.ts'
import { configOfThread, threadCount } from './threads/thread-count.ts'

export interface ServedEngines extends RunningServer {
  readonly composed: Composed
  /** For what else works with the engines: ended beside the requests, before the engines are closed. */
  endFirst(close: () => Promise<void>): void
}

/** What the threads of a process have in common. */
export interface Process {
  /** Names this start of it. */
  readonly bootId: string
  readonly generations: Generations
  readonly turns: UploadTurns
  /** Told after this thread has appended events. */
  readonly published: () => void
  /** As for the ledger. */
  readonly heardByAll: () => Promise<void>
}

/**
 * Puts a registry on opened engines and doors on the registry, in as many threads as are set. Takes the engines over:
 * they are closed with the server, and where it cannot start. `prepare` ends before anybody can ask for anything.
 */
export async function serveEngines(
  opened: Engines,
  whole: Config,
  prepare?: (composed: Composed) => Promise<void>,
): Promise<ServedEngines> {
  const count = opened.joint === undefined ? 1 : threadCount(whole)
  const config = configOfThread(await withinOpenFiles(whole, count, opened.telemetry), count)
  const engines = instrumentEngines(opened)
  const { blobs, store, telemetry, tracing } = engines
  const own = newProcess(engines, config)
  let threads: ServingThreads | undefined
  let following: Following | undefined
  const published = (): void => threads?.published()
  const heardByAll = async (): Promise<void> => await following?.heardByAll?.(heardWithinMs)
  const common = { ...own, published, heardByAll }
  const { journal, composed } = await composeOn(engines, config, common).catch(async (error: unknown) => {
    await closeAll([() => closeSearch(engines), () => blobs.close(), () => store.close()])
    throw error
  })
  const watch = new Watch({
    telemetry,
    journal,
    folder: config.data,
    damaged: countingDamaged(composed.core),
    lags: () => composed.registry.search.lags(),
    unsealed: () => unsealedNow(composed.core),
  })
  const release = [
    async () => watch[Symbol.dispose](),
    () => composed.pulls.close(),
    () => composed.signIn.close(),
    () => engines.mail.close(),
    async () => await engines.rates?.close(),
    () => composed.refusals.close(),
    () => composed.closeFar(),
    async () => composed.releaseKinds(),
    async () => await following?.[Symbol.asyncDispose](),
    async () => composed.searching?.close(),
    () => closeSearch(engines),
    () => journal.stop(),
    () => blobs.close(),
    () => store.close(),
    async () => tracing?.close(),
  ]
  try {
    following = await followRegistry(composed, published)
    await requireRightToWrite(composed.core)
    await prepare?.(composed)
    const departure = new Departure()
    const leaving = departure.said
    const options = { ...(await listenOptions(engines, config)), reusePort: count > 1, leaving }
    await startJobs(composed, journal, engines, config)
    composed.searching?.follow()
    if (options.reusePort && options.port !== 0) await assertFree(options)
    const http = await listen(doors(composed.registry, engines, config, { watch, leaving }), options)
    watch.start(http, engines.looks ?? [])
    const closed = Promise.withResolvers<void>()
    // Who does not ask how it ended need not catch it.
    closed.promise.catch(() => undefined)
    let closing: Promise<void> | undefined
    let failure: { readonly cause: unknown } | undefined
    const { shutdownDelay: delay, shutdownGrace: grace } = config.limits
    const others: (() => Promise<void>)[] = []
    const end = async (): Promise<void> => {
      threads?.leave()
      await departure.say(delay)
      const users = [() => http.close(grace), async () => threads?.close(grace), ...others]
      await closeAll([() => closeTogether(users), ...release])
      if (failure !== undefined) throw failure.cause
    }
    const close = (): Promise<void> =>
      (closing ??= end()
        .then(closed.resolve, (error: unknown) => closed.reject(error))
        .then(() => closed.promise))
    threads = otherThreads(engines, composed, {
      count: count - 1,
      config: {
        ...config,
        listen: { host: http.address.address, port: http.address.port },
        // Who may write follows from the name that was to be listened on, which may be that of an address of this machine.
        access: { ...config.access, write: writersOf(config) },
      },
      ...own,
      heardByAll,
      lost: (cause) => {
        failure = { cause }
        departure.hurry()
        close().catch(() => undefined)
      },
    })
    threads?.startSoon()
    const address = shown(http.address)
    return {
      composed,
      endFirst: (other) => {
        others.push(other)
        // Too late to be waited for, and not to be ended.
        if (closing !== undefined)
          other().catch((error: unknown) => telemetry.error('stopping failed', error))
      },
      address,
      url: `${config.tls.cert === undefined ? 'http' : 'https'}://${address}`,
      close,
      closed: closed.promise,
    }
  } catch (error) {
    await closeAll(release)
    throw error
  }
}

function newProcess(
  { store, random, clock }: Engines,
  config: Config,
): Omit<Process, 'published' | 'heardByAll'> {
  const { limits } = rulesOf(config)
  return {
    bootId: random.uuid(),
    generations: store.can.shared ? followedGenerations() : new Generations(),
    turns: new LocalUploadTurns({ clock, limits }),
  }
}

/**
 * The registry on its engines, without a door, and no job runs. `wake`: where jobs run in another thread, how that hears
 * of one.
 */
export async function composeOn(
  engines: Engines,
  config: Config,
  shared?: Process,
  wake?: () => void,
): Promise<{ journal: Journal; composed: Composed }> {
  const { store, clock, random, telemetry } = engines
  const { limits } = config
  const bootId = shared?.bootId ?? random.uuid()
  // The lock on a data folder is ours: whoever held it before has ended. Of others that share a store nobody knows.
  const isDead = (other: string): boolean => !store.can.shared && other !== bootId
  const own = new StoreJournal(
    { store, clock, random, telemetry, bootId, isDead },
    {
      ...defaultStoreJournalOptions,
      concurrency: limits.jobConcurrency,
      attempts: limits.jobAttempts,
      leaseTime: limits.jobLeaseTime,
      swift: swiftJobs,
    },
  )
  const journal = wake === undefined ? own : new DistantJournal(own, wake)
  const common = shared === undefined ? {} : { shared, heardByAll: shared.heardByAll }
  const ports = { ...engines, journal, bootId, isDead, ...common }
  const kinds = kindsByName(await readKinds(config.kinds))
  return { journal, composed: await compose(ports, { ...rulesOf(config), kinds }) }
}

function rulesOf(config: Config): Rules {
  const { access, namespaces, limits, audit, users } = config
  return {
    access: {
      read: access.read,
      write: writersOf(config),
      users: users.map(({ name }) => name),
      closes: !access.allowAnonymousWrite,
      addresses: addressesOf(namespaces),
    },
    sessions: { lifetime: access.sessionLifetime },
    address: publicAddress(config),
    tokens: {
      publicUrl: config.publicUrl,
      lifetime: access.tokenLifetime,
      refreshLifetime: access.refreshLifetime,
      keyRotation: access.tokenKeyRotation,
    },
    secondFactors: {
      stepTime: access.secondStepTime,
      tries: access.secondStepTries,
      longestWait: access.secondStepWait,
      ...relyingParty(config),
    },
    waysIn: waysInOf(config),
    immutableTags: new Map(Object.entries(namespaces).map(([name, rules]) => [name, rules.immutableTags])),
    quotas: new Map(Object.entries(namespaces).map(([name, { quota }]) => [name, quota])),
    retentions: new Map(Object.entries(namespaces).map(([name, { retention }]) => [name, retention])),
    limits: { ...defaultLimits, ...pick(limits) },
    wrongPasswords: wrongPasswordsOf(config),
    audit,
  }
}

function publicAddress({ publicUrl, listen: { host, port }, tls }: Config): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '')
  const name = host.includes(':') ? `[${host}]` : host
  return `${tls.cert === undefined ? 'http' : 'https'}://${name}:${port}`
}

function pick(limits: Config['limits']): Partial<Limits> {
  const names = Object.keys(defaultLimits).filter((name) => Object.hasOwn(limits, name))
  return Object.fromEntries(names.map((name) => [name, limits[name as keyof Config['limits']]]))
}

async function startJobs(
  composed: Composed,
  journal: Journal,
  { telemetry }: Engines,
  { limits, search }: Config,
): Promise<void> {
  const scheduled = schedules(composed, { ...limits, ...search })
  await plant(composed.core, journal, scheduled)
  journal.start(instrumentJobs(jobHandlers(composed, scheduled), telemetry))
}

export function doors(
  registry: Registry,
  { telemetry }: Engines,
  config: Config,
  { watch, leaving }: { readonly watch: Watch; readonly leaving: AbortSignal },
): readonly Door[] {
  const report = telemetry.error.bind(telemetry)
  const { publicUrl, limits, tls, access, search } = config
  const isSecure = publicUrl === undefined ? tls.cert !== undefined : publicUrl.startsWith('https:')
  const cookies = { isSecure }
  const figures = { audience: access.metrics ?? access.read, families: () => watch.families() }
  const realm = { publicUrl, tls: tls.cert !== undefined, own: new Set(access.hosts) }
  const realmOf = (exchange: Exchange): string | undefined => tokenRealm(exchange, realm)
  const addressOf = (exchange: Exchange): string | undefined => ownAddress(exchange, realm)
  const forms = { cookies, formBytes: 16_384 }
  const note = noteRefused(registry)
  return [
    createOciDoor(instrumentUploads(registry, telemetry), { ...limits, realmOf }, report),
    createTokenDoor(registry, report),
    createWellKnownDoor(registry, addressOf, report),
    createHealthDoor(registry, leaving, report),
    createMetricsDoor(registry, figures, report),
    createApiDoor(registry.access, apiRoutes(registry), { bodyBytes: 65_536, cookies }, report),
    createProblemsDoor(report),
    createAccountDoor(registry, { ...forms, sendsMail: config.mail.url !== undefined }, report),
    createSignInDoor(registry, { ...forms, addressOf }, report),
    createOauthDoor(registry, { formBytes: 65_536, addressOf }, report),
    createPagesDoor(
      registry,
      { publicUrl, tls: tls.cert !== undefined, canSearch: search.engine !== 'none', cookies },
      report,
    ),
  ].map((door) => notingRefusals(door, note))
}

/** Clients ask for nothing by it before they show who they are. */
function noteRefused({ audit }: Registry): (refused: RefusedRequest) => void {
  return (refused) => {
    if (refused.action !== 'oci-ping.get') audit.refused(refused)
  }
}

export async function listenOptions(
  { telemetry, tracing, rates }: Engines,
  config: Config,
): Promise<ListenOptions> {
  const tls = await readTls(config.tls)
  const measure = instrumentRequests(telemetry)
  const log = accessLog(config, telemetry)
  const onRefused = refusalLog(config, telemetry)
  const { gate, ...before } = gateOf(config, rates)
  return {
    ...config.listen,
    limits: config.limits,
    ...before,
    gate: { ...gate, nowhere: answerNowhere },
    report: telemetry.error.bind(telemetry),
    ...(tls === undefined ? {} : { tls }),
    ...(tracing === undefined
      ? {}
      : { around: traceRequests(tracing, tls === undefined ? 'http' : 'https') }),
    ...(onRefused === undefined ? {} : { onRefused }),
    onAnswered: (answered) => {
      measure(answered)
      log?.(answered)
    },
  }
}

function shown({ address, port, family }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
}
