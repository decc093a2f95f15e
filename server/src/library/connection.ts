import { createHmac } from 'node:crypto'
import { closeAll } from '../boot/compose/close-all.ts'
import { followRegistry } from '../boot/compose/follow-registry.ts'
import { type Composed, compose } from '../boot/compose.ts'
import { heardWithinMs } from '../core/cache/hearing.ts'
import { uploadKey } from '../core/content/upload-key.ts'
import type { Caller } from '../core/ledger/caller.ts'
import { jobHandlers, schedules } from '../jobs/handlers.ts'
import { plant } from '../jobs/schedule.ts'
import type { Kind } from '../kinds/kind.ts'
import { kindsByName } from '../kinds/kinds.ts'
import { defineUserKind } from '../kinds/user-kind.ts'
import type { Journal } from '../ports/journal/journal.ts'
import type { Following } from '../ports/store/store.ts'
import { limitsWith } from './backend-options.ts'
import type { Health } from './backend-types.ts'
import type { Embedded } from './embedded.ts'
import { embeddedRights } from './embedded-rights.ts'
import type { OpenedEngines } from './engines/opened-engines.ts'
import { loadTools, type Tools } from './engines/tools.ts'
import { UnavailableError } from './errors.ts'
import { guardedFace } from './guarded-face.ts'
import { blobsIn, storeIn } from './read/part-in.ts'
import type { CheckedOptions } from './read/read-options.ts'
import { reportTelemetry } from './report-telemetry.ts'
import { Searches } from './search/searches.ts'
import { OpenTransaction } from './transaction/open-transaction.ts'
import { PendingChanges } from './transaction/pending-changes.ts'
import { Underway } from './underway.ts'

export type OpenEngines = (tools: Tools) => Promise<OpenedEngines>

const minute = 60_000

/** How often background work comes back, in ms; as the server's settings have it. */
const intervals = {
  cleanupInterval: 5 * minute,
  collectInterval: 60 * minute,
  sweepInterval: 60 * minute,
  retentionInterval: 60 * minute,
  compareInterval: 60 * minute,
}

/** Whoever embeds a registry is its operator. */
const caller: Caller = {
  principal: { kind: 'system', name: 'library' },
  requestId: 'library',
  signal: new AbortController().signal,
}

/** A registry on its engines, from `connect` to `disconnect`. */
export class Connection {
  readonly face: Embedded
  readonly #composed: Composed
  readonly #tools: Tools
  readonly #engines: OpenedEngines
  readonly #following: Following | undefined
  readonly #underway = new Underway()
  readonly #searches: Searches
  readonly #transactions = new Set<OpenTransaction>()
  #isClosed = false

  private constructor(composed: Composed, { tools, engines, following, cacheKey, options }: Stands) {
    const { registry, events, core, store, generations } = composed
    this.#composed = composed
    this.#tools = tools
    this.#engines = engines
    this.#following = following
    this.#searches = new Searches({
      searchOver: composed.searchOver,
      openSearch: engines.openSearch,
      committed: () => this.face,
    })
    const face = {
      artifacts: registry.artifacts,
      caller,
      rights: embeddedRights(composed, options.access),
      events,
      limits: core.limits,
      kinds: core.kinds,
      cacheKey,
      searches: this.#searches,
      // Of a store that others change and do not tell of nothing may be remembered.
      ...((following !== undefined || !store.can.shared) && { generations }),
    }
    this.face = guardedFace(face, (call) => this.#during(call))
  }

  /** What cannot be opened leaves nothing open. @throws RegistryError, or what the engines throw */
  static async open(open: OpenEngines, options: CheckedOptions): Promise<Connection> {
    const limits = limitsWith(options.limits)
    const kinds = kindsByName(await Promise.all((options.kinds ?? []).map(defineUserKind)))
    const tools = await loadTools(options)
    const opened = await open(tools)
    let engines = opened
    try {
      engines = wrapped(opened, options)
      let following: Following | undefined
      const heardByAll = async (): Promise<void> => await following?.heardByAll?.(heardWithinMs)
      const { composed, journal } = await composeOn(engines, tools, { options, limits, kinds, heardByAll })
      const cacheKey = await ownCacheKey(composed)
      following = await followRegistry(composed)
      if (options.jobs !== false) await startJobs(composed, journal)
      return new Connection(composed, { tools, engines, following, cacheKey, options })
    } catch (error) {
      await closeAll(closing(engines))
      throw error
    }
  }

  async health(): Promise<Health> {
    const { ready, parts } = await this.#composed.registry.health.ready()
    return { healthy: ready, parts: { ...parts } }
  }

  begin(): OpenTransaction {
    const { core } = this.#composed
    const pending = new PendingChanges({
      composed: this.#composed,
      caller,
      openOverlay: (base) => this.#tools.openOverlay(base),
    })
    const transaction = new OpenTransaction({
      pending,
      face: this.face,
      clock: core.clock,
      ended: (one) => this.#transactions.delete(one),
    })
    this.#transactions.add(transaction)
    return transaction
  }

  /** Open transactions are rolled back; what was begun otherwise comes to its end. @throws the first failure */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#composed.events.close(
      new UnavailableError(
        'the backend was disconnected: connect it again, and read on behind the last event',
      ),
    )
    await Promise.all([...this.#transactions].map((transaction) => transaction.close()))
    await this.#underway.idle()
    const { pulls, journal, releaseKinds, refusals } = this.#composed
    await closeAll([
      () => this.#searches.close(),
      () => refusals.close(),
      () => pulls.close(),
      () => journal.stop(),
      async () => releaseKinds(),
      async () => await this.#following?.[Symbol.asyncDispose](),
      ...closing(this.#engines),
    ])
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw notConnected()
    this.#underway.begin()
    try {
      return await call()
    } finally {
      this.#underway.end()
    }
  }
}

interface Stands {
  readonly tools: Tools
  readonly engines: OpenedEngines
  readonly following: Following | undefined
  readonly cacheKey: Uint8Array
  readonly options: CheckedOptions
}

export function notConnected(): UnavailableError {
  return new UnavailableError('the backend is not connected: call connect() first')
}

/** Of what faces of the library remember outside of the process: no other part of the registry seals by it. */
async function ownCacheKey({ core }: Composed): Promise<Uint8Array> {
  return createHmac('sha256', await uploadKey(core))
    .update('manager cache')
    .digest()
}

/** @throws ValidationError: what it was wrapped in is none */
function wrapped(engines: OpenedEngines, { wrap }: CheckedOptions): OpenedEngines {
  const { store, blobs } = engines
  return {
    ...engines,
    store: storeIn(wrap?.store?.(store) ?? store, 'wrap.store'),
    blobs: blobsIn(wrap?.blobs?.(blobs) ?? blobs, 'wrap.blobs'),
  }
}

interface Said {
  readonly options: CheckedOptions
  readonly limits: ReturnType<typeof limitsWith>
  readonly kinds: ReadonlyMap<string, Kind>
  readonly heardByAll: () => Promise<void>
}

async function composeOn(
  { store, blobs }: OpenedEngines,
  tools: Tools,
  { options, limits, kinds, heardByAll }: Said,
): Promise<{ readonly composed: Composed; readonly journal: Journal }> {
  const { clock, random, cache } = tools
  const telemetry = reportTelemetry(options.report)
  const bootId = random.uuid()
  // Where others may have the store open, nobody here can tell which of them have ended.
  const isDead = (other: string): boolean => !store.can.shared && other !== bootId
  const journal = tools.openJournal({ store, telemetry, bootId, isDead })
  const identity = { verify: async () => undefined }
  const composed = await compose(
    { store, blobs, cache, clock, random, identity, telemetry, journal, bootId, isDead, heardByAll },
    {
      access: { read: options.access?.read ?? [], write: options.access?.write ?? [] },
      immutableTags: new Map(),
      quotas: new Map(Object.entries(options.quotas ?? {})),
      retentions: new Map(),
      limits,
      kinds,
    },
  )
  return { composed, journal }
}

async function startJobs(composed: Composed, journal: Journal): Promise<void> {
  const scheduled = schedules(composed, intervals)
  await plant(composed.core, journal, scheduled)
  journal.start(jobHandlers(composed, scheduled))
}

function closing({ blobs, store, release }: OpenedEngines): (() => Promise<void>)[] {
  return [() => blobs.close(), () => store.close(), async () => await release?.()]
}
