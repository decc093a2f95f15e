import { Access, type AccessRules } from '../core/access/access.ts'
import { requireKnownKinds } from '../core/artifacts/require-known-kinds.ts'
import { followedGenerations, Generations, withGenerations } from '../core/cache/generations.ts'
import { ReadCache } from '../core/cache/read-cache.ts'
import { requireWholeCopy } from '../core/care/copy/half-copied.ts'
import { registryId } from '../core/care/registry-id.ts'
import { listRepositories, repositoryOverview } from '../core/catalog/list-repositories.ts'
import { listTags, tagChanges } from '../core/catalog/list-tags.ts'
import { namedBy } from '../core/catalog/manifest-rows.ts'
import { beginCountingPulls } from '../core/catalog/pull-counting.ts'
import { repositoryUsage } from '../core/catalog/repository-usage.ts'
import { deleteBlob } from '../core/content/blobs.ts'
import { countUsage } from '../core/content/count-usage.ts'
import { DiskSpace } from '../core/content/disk-space.ts'
import { mountBlob } from '../core/content/mount.ts'
import { requireOwnContent } from '../core/content/require-own-content.ts'
import { requireRecords } from '../core/content/require-records.ts'
import { uploadKey } from '../core/content/upload-key.ts'
import type { UploadTurns } from '../core/content/upload-turns.ts'
import { Uploads } from '../core/content/uploads.ts'
import { EventBus } from '../core/events/event-bus.ts'
import type { Core } from '../core/ledger/core.ts'
import { Ledger } from '../core/ledger/ledger.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { tellingFaults } from '../core/ledger/telling-faults.ts'
import type { ImmutableTags } from '../core/policy/immutable-tags.ts'
import { deleteManifest } from '../core/publish/delete-manifest.ts'
import { deleteTag } from '../core/publish/delete-tag.ts'
import { putManifest } from '../core/publish/put-manifest.ts'
import { HeldBlobs } from '../core/resolve/held-blobs.ts'
import { Manifests } from '../core/resolve/manifests.ts'
import { Pulls } from '../core/resolve/pulls.ts'
import { listReferrers } from '../core/resolve/referrers.ts'
import { ArtifactIds } from '../domain/artifact-id.ts'
import { isDigest } from '../domain/digest.ts'
import type { Quotas } from '../domain/quota.ts'
import { reserveKinds } from '../domain/reserved-names.ts'
import type { Retentions } from '../domain/retention.ts'
import type { Kind } from '../kinds/kind.ts'
import { kindsByName } from '../kinds/kinds.ts'
import type { Blobs } from '../ports/blobs/blobs.ts'
import type { Cache } from '../ports/cache/cache.ts'
import type { TieredCache } from '../ports/cache/tiered-cache.ts'
import type { Clock } from '../ports/clock/clock.ts'
import type { Identity } from '../ports/identity/identity.ts'
import type { Journal } from '../ports/journal/journal.ts'
import type { Random } from '../ports/random/random.ts'
import type { Store } from '../ports/store/store.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'
import { type Artifacts, bindArtifacts } from './compose/artifacts.ts'
import { openFar } from './compose/open-far.ts'
import { bindSearch, type SearchFace, Searching, type SearchParts, searchFace } from './compose/searching.ts'
import { withinSpace } from './compose/within-space.ts'
import { Probe } from './probe.ts'
import type { Registry } from './registry.ts'

/** The world, as ports. Who opened them closes them. */
export interface Ports {
  readonly store: Store
  readonly blobs: Blobs
  readonly cache: Cache
  /** Where answers outlive the process, sealed by this key. Used with a store that others share and tell of. */
  readonly farCache?: (key: Uint8Array) => TieredCache
  readonly clock: Clock
  readonly random: Random
  readonly identity: Identity
  readonly telemetry: Telemetry
  readonly journal: Journal
  /** Names this start of this process. */
  readonly bootId: string
  readonly isDead: (bootId: string) => boolean
  /** What this thread has in common with others of the process; absent where it is alone. */
  readonly shared?: {
    readonly generations: Generations
    readonly turns: UploadTurns
    /** Told after this thread has appended events. */
    readonly published: () => void
  }
  /** As for the ledger. Absent where nobody else changes the store. */
  readonly heardByAll?: () => Promise<void>
  /** The engines, or the search of another thread that has them. Absent: nothing is searched. */
  readonly search?: SearchParts | SearchFace
}

export interface Rules {
  readonly access: AccessRules
  readonly immutableTags: ImmutableTags
  readonly quotas: Quotas
  readonly retentions: Retentions
  readonly limits: Limits
  /** What can be registered; those that Lading has of itself where nothing is said. */
  readonly kinds?: ReadonlyMap<string, Kind>
}

/** A registry without a door: what the protocols open on, and what the jobs work with. */
export interface Composed {
  readonly registry: Registry
  readonly core: Core
  /** What the ledger commits to: its generations move before a commit is answered. */
  readonly store: Store
  readonly generations: Generations
  readonly journal: Journal
  readonly events: EventBus
  readonly immutableTags: ImmutableTags
  readonly retentions: Retentions
  /** Closed before the store is: it writes what it has counted. */
  readonly pulls: Pulls
  /** As for the ledger. */
  readonly heardByAll?: () => Promise<void>
  /** What is kept beyond this process. Closed before the store is. */
  readonly closeFar: () => Promise<void>
  /** Of the engines that were given. Follows nothing until it is told to. */
  readonly searching?: Searching
  /** A search over other engines. */
  readonly searchOver: (parts: SearchParts) => Searching
  /** The artifacts of `registry` over another store and ledger, such as those of a transaction. */
  readonly artifactsOver: (parts: ArtifactParts) => Artifacts
  /** Once nobody asks this registry any more: its own kinds may be namespaces again. */
  readonly releaseKinds: () => void
}

/** What of the core may be another one's while the rest stays. */
export type ArtifactParts = Pick<Core, 'store' | 'ledger' | 'clock' | 'random'>

/** Binds the use cases to their ports. Names no engine. */
export async function compose(ports: Ports, rules: Rules): Promise<Composed> {
  const kinds = rules.kinds ?? kindsByName()
  const releaseKinds = reserveKinds([...kinds.keys()].filter((name) => !kindsByName().has(name)))
  try {
    return { ...(await composeWith(ports, rules, kinds)), releaseKinds }
  } catch (error) {
    releaseKinds()
    throw error
  }
}

async function composeWith(
  ports: Ports,
  rules: Rules,
  kinds: ReadonlyMap<string, Kind>,
): Promise<Omit<Composed, 'releaseKinds'>> {
  const { shared } = ports
  const generations =
    shared?.generations ?? (ports.store.can.shared ? followedGenerations() : new Generations())
  const store = withGenerations(tellingFaults(ports.store), generations)
  const events = new EventBus(store)
  const { journal, clock, random, telemetry, heardByAll } = ports
  const heard = heardByAll && { heardByAll }
  const ledger = new Ledger({
    store,
    clock,
    random,
    journal,
    telemetry,
    published: () => {
      events.publish()
      shared?.published()
    },
    ...heard,
    commitRetries: rules.limits.commitRetries,
  })
  const { blobs, bootId, isDead } = ports
  const core: Core = {
    store,
    blobs,
    ledger,
    clock,
    random,
    artifactIds: new ArtifactIds(),
    telemetry,
    limits: rules.limits,
    quotas: rules.quotas,
    kinds,
    bootId,
    isDead,
  }
  await requireWholeCopy(core)
  await requireRecords(core)
  await requireOwnContent(core, await registryId(core))
  await countUsage(core, (repository) => repositoryUsage(core, repository))
  await requireKnownKinds(core)
  await beginCountingPulls(core)
  const pulls = new Pulls(core)
  const farCache = openFar(ports, generations, await uploadKey(core))
  const space = diskSpace(ports, rules.limits)
  const face = searchFace(core, ports.search)
  const searching = face instanceof Searching ? face : undefined
  if (searching !== undefined) events.onNews(() => searching.wake())
  const bound = await bind(core, rules, ports, {
    search: face,
    cache: new ReadCache(ports.cache, generations, farCache?.answers),
    pulls,
    space,
  })
  const registry = withinSpace(bound, space)
  const { immutableTags, retentions } = rules
  const artifactsOver = (parts: ArtifactParts): Artifacts => {
    const artifacts = bindArtifacts({ core: { ...core, ...parts }, immutable: immutableTags }, ports.cache)
    return withinSpace({ ...bound, artifacts }, space).artifacts
  }
  return {
    registry,
    core,
    store,
    generations,
    journal,
    events,
    immutableTags,
    retentions,
    pulls,
    ...heard,
    closeFar: async () => await farCache?.close(),
    artifactsOver,
    ...(searching !== undefined && { searching }),
    searchOver: (parts) => new Searching(core, parts),
  }
}

interface Bound {
  readonly cache: ReadCache
  readonly pulls: Pulls
  readonly space: DiskSpace
  readonly search: SearchFace | undefined
}

async function bind(
  core: Core,
  rules: Rules,
  ports: Ports,
  { cache, pulls, space, search }: Bound,
): Promise<Registry> {
  const access = new Access(rules.access, ports.identity)
  const uploads = new Uploads(core, await uploadKey(core), ports.shared?.turns)
  // Only this process changes the store: its generations have moved before any change is answered.
  const coherent = !ports.store.can.shared
  const contents = new Manifests(core, cache, coherent, pulls)
  const held = new HeldBlobs(core, cache, coherent)
  const immutable = rules.immutableTags
  const probe = new Probe(core, ports.journal, space)
  return {
    access,
    uploads: {
      begin: (_caller, repository) => uploads.begin(repository),
      status: (_caller, repository, upload) => uploads.status(repository, upload),
      append: (caller, repository, upload, body) => uploads.append(caller, repository, upload, body),
      finish: (caller, repository, upload, digest, body) =>
        uploads.finish(caller, repository, upload, digest, body),
      cancel: (_caller, repository, upload) => uploads.cancel(repository, upload),
      push: (caller, repository, digest, body) => uploads.push(caller, repository, digest, body),
      mount: (caller, repository, digest, from) =>
        mountBlob(core, caller, repository, digest, from, access.visible(caller.principal)),
    },
    blobs: {
      stat: (caller, repository, digest) =>
        held.stat(caller, repository, digest, access.may(caller.principal, 'write', repository)),
      open: (caller, repository, digest, range) => held.open(caller, repository, digest, range),
      delete: (caller, repository, digest) =>
        deleteBlob(core, caller, repository, digest, (home, named) => namedBy(core, home, named)),
    },
    manifests: {
      get: (repository, reference, isPull) => contents.get(repository, reference, isPull),
      getAt: (repository, tag, at, isPull) => contents.getAt(repository, tag, at, isPull),
      stat: (_caller, repository, reference) => contents.stat(repository, reference),
      put: (caller, request) => putManifest(core, immutable, caller, request),
      delete: async (caller, repository, reference, expect) => {
        if (isDigest(reference)) {
          await deleteManifest(core, immutable, caller, { repository, digest: reference, expect })
        } else await deleteTag(core, immutable, caller, repository, reference, expect)
      },
      referrers: (repository, subject, query) => listReferrers(core, contents, repository, subject, query),
    },
    tags: {
      list: (repository, query) => listTags(core, repository, query),
      history: (repository, tag, query) => tagChanges(core, repository, tag, query),
    },
    repositories: {
      list: (principal, query) => listRepositories(core, access.visible(principal), query),
      overview: (repository, tags) => repositoryOverview(core, repository, tags),
    },
    artifacts: bindArtifacts({ core, immutable }, ports.cache),
    search: bindSearch(access, search),
    health: {
      ready: async () => ({ ...(await probe.ready()), search: (await search?.lags()) ?? [] }),
    },
  }
}

function diskSpace({ store, blobs, clock }: Ports, { minFreeBytes }: Limits): DiskSpace {
  const sources = [store, blobs].flatMap((engine) =>
    'freeBytes' in engine ? [async () => (await engine.freeBytes?.()) ?? Number.POSITIVE_INFINITY] : [],
  )
  return new DiskSpace({ sources, clock, minFreeBytes })
}
