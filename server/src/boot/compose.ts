import { Access } from '../core/access/access.ts'
import { type AccessRules, configuredRights } from '../core/access/configured-rights.ts'
import type { LetterParts } from '../core/access/letters.ts'
import { LoginThrottle, type WrongPasswords } from '../core/access/login-throttle.ts'
import type { Rights } from '../core/access/rights.ts'
import { RightsBook } from '../core/access/rights-book.ts'
import { type SessionSettings, Sessions } from '../core/access/sessions.ts'
import { SignIn } from '../core/access/sign-in.ts'
import { requireKnownKinds } from '../core/artifacts/require-known-kinds.ts'
import { type AuditSettings, defaultAuditSettings } from '../core/audit/audit-settings.ts'
import { Refusals } from '../core/audit/refusals.ts'
import { longestUnsealed } from '../core/audit/unsealed-tail.ts'
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
import { whileEmpty } from '../core/content/while-empty.ts'
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
import { RegistryError } from '../domain/error.ts'
import { toPush } from '../domain/permission.ts'
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
import type { CommonPasswords, Passwords } from '../ports/identity/passwords.ts'
import type { TokenSigner } from '../ports/identity/token-signer.ts'
import type { Journal } from '../ports/journal/journal.ts'
import { MailError, type Mailer } from '../ports/mail/mail.ts'
import type { Outgoing } from '../ports/outgoing/outgoing.ts'
import type { Random } from '../ports/random/random.ts'
import type { Rates } from '../ports/rates/rates.ts'
import type { Store } from '../ports/store/store.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'
import { bindAccounts } from './compose/accounts.ts'
import { type Artifacts, bindArtifacts } from './compose/artifacts.ts'
import { bindAudit } from './compose/audit.ts'
import {
  bindFactors,
  factorParts,
  type SecondFactorPorts,
  type SecondFactorRules,
} from './compose/factors.ts'
import { immutableTagsWith, quotasWith } from './compose/namespace-bounds.ts'
import { openFar } from './compose/open-far.ts'
import { bindOutside, type OutsidePorts, type WaysIn } from './compose/outside.ts'
import { bindSearch, type SearchFace, Searching, type SearchParts, searchFace } from './compose/searching.ts'
import { bindTokens, openTokens, type TokenRules } from './compose/tokens.ts'
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
  /** Users of the configuration. Absent: it names none, and no password is compared with theirs. */
  readonly identity?: Identity
  /** Of accounts. Absent: nobody comes in by one. */
  readonly passwords?: Passwords
  /** Absent: every password that is long enough is taken. */
  readonly commonPasswords?: CommonPasswords
  /** Absent: a password is enough for everybody. */
  readonly secondFactors?: SecondFactorPorts
  /** Absent: nobody is written to. */
  readonly mail?: Mailer
  /** Absent: nobody elsewhere is known. */
  readonly outside?: OutsidePorts
  /** Absent: nobody is given a token, and nobody comes in by one. */
  readonly tokenSigner?: TokenSigner
  /** What users have named is asked by it. Absent: nothing is. */
  readonly outgoing?: Outgoing
  /** Absent: nothing is counted. */
  readonly rates?: Rates
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
  readonly sessions?: SessionSettings
  /** Where people reach it, without a slash at its end. */
  readonly address?: string
  readonly tokens?: TokenRules
  readonly secondFactors?: SecondFactorRules
  readonly waysIn?: WaysIn
  readonly immutableTags: ImmutableTags
  readonly quotas: Quotas
  readonly retentions: Retentions
  readonly limits: Limits
  /** Absent: as many may be tried as anybody likes. */
  readonly wrongPasswords?: WrongPasswords
  /** As by default where nothing is said. */
  readonly audit?: Partial<AuditSettings>
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
  /** Closed before the store is: it writes which keys were used. */
  readonly signIn: SignIn
  /** Closed before the store is: it writes who was refused. */
  readonly refusals: Refusals
  readonly audit: AuditSettings
  /** What is kept beyond this process. Closed before the store is. */
  readonly closeFar: () => Promise<void>
  /** What writes letters. */
  readonly letters: LetterParts
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
  const audit = { ...defaultAuditSettings, ...rules.audit }
  const book = new RightsBook(store, generations, configuredRights(rules.access))
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
    ready: () => (book.known === undefined ? book.current().then(() => undefined) : undefined),
    commitRetries: rules.limits.commitRetries,
    audited: audit.record,
  })
  const { blobs, bootId, isDead } = ports
  const current = (): Rights | undefined => book.latest
  const immutableTags = immutableTagsWith(rules.immutableTags, current)
  const core: Core = {
    store,
    blobs,
    ledger,
    clock,
    random,
    artifactIds: new ArtifactIds(),
    telemetry,
    limits: rules.limits,
    quotas: quotasWith(rules.quotas, current),
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
  const near = new ReadCache(ports.cache, generations)
  const refusals = new Refusals(core, audit)
  const throttle = ports.rates && rules.wrongPasswords && new LoginThrottle(ports.rates, rules.wrongPasswords)
  const signIn = new SignIn({
    core,
    cache: near,
    passwords: ports.passwords,
    configured: ports.identity,
    ...(throttle !== undefined && { throttle }),
  })
  const farCache = openFar(ports, generations, await uploadKey(core))
  const space = diskSpace(ports, rules.limits)
  const face = searchFace(core, ports.search)
  const searching = face instanceof Searching ? face : undefined
  if (searching !== undefined) events.onNews(() => searching.wake())
  const bound = await bind(core, { ...rules, immutableTags }, ports, {
    book,
    search: face,
    cache: new ReadCache(ports.cache, generations, farCache?.answers),
    near,
    signIn,
    throttle,
    pulls,
    space,
    refusals,
    audit,
  })
  const registry = withinSpace(bound, space)
  const { retentions } = rules
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
    signIn,
    letters: { core, mail: ports.mail ?? noMail, address: rules.address ?? 'the registry' },
    refusals,
    audit,
    artifactsOver,
    ...(searching !== undefined && { searching }),
    searchOver: (parts) => new Searching(core, parts),
  }
}

interface Bound {
  readonly book: RightsBook
  readonly cache: ReadCache
  /** Of this process alone, for what is told to nobody else's memory. */
  readonly near: ReadCache
  readonly signIn: SignIn
  readonly throttle: LoginThrottle | undefined
  readonly pulls: Pulls
  readonly space: DiskSpace
  readonly search: SearchFace | undefined
  readonly refusals: Refusals
  readonly audit: AuditSettings
}

async function bind(
  core: Core,
  rules: Rules,
  ports: Ports,
  { book, cache, near, signIn, throttle, pulls, space, search, refusals, audit }: Bound,
): Promise<Registry> {
  const tokens =
    ports.tokenSigner &&
    openTokens({
      parts: { core, book },
      // Not the one whose answers others keep as well.
      cache: near,
      signer: ports.tokenSigner,
      rules: rules.tokens ?? {},
      id: await registryId(core),
    })
  const access = new Access(signIn, book, { sessions: new Sessions(core, near), ...(tokens && { tokens }) })
  await access.ready()
  const uploads = new Uploads(core, await uploadKey(core), ports.shared?.turns)
  // Only this process changes the store: its generations have moved before any change is answered.
  const coherent = !ports.store.can.shared
  const contents = new Manifests(core, cache, coherent, pulls)
  const held = new HeldBlobs(core, cache, coherent)
  const immutable = rules.immutableTags
  const probe = new Probe(core, { journal: ports.journal, space, longestUnsealed: longestUnsealed(audit) })
  const naming = {
    core,
    book,
    whileEmpty: (namespace: string) => whileEmpty(core, namespace),
  }
  const people = {
    ...naming,
    throttle,
    passwords: ports.passwords ?? noPasswords,
    common: ports.commonPasswords ?? noneCommon,
  }
  const sessions = rules.sessions ?? usualSessions
  return {
    access,
    accounts: bindAccounts(people, sessions),
    factors: bindFactors(factorParts(people, ports.secondFactors, rules.secondFactors), sessions),
    ...(tokens && { tokens: bindTokens(tokens, access, { core, book }) }),
    outside: bindOutside(naming, ports.outside, rules.waysIn),
    audit: bindAudit({ core, book, immutable: rules.immutableTags }, refusals, audit),
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
        held.stat(caller, repository, digest, access.may(caller.principal, toPush, repository)),
      open: (caller, repository, digest, range) => held.open(caller, repository, digest, range),
      delete: (caller, repository, digest) =>
        deleteBlob(core, caller, repository, digest, (home, named) => namedBy(core, home, named)),
    },
    manifests: {
      get: (repository, reference, isPull) => contents.get(repository, reference, isPull),
      getAt: (repository, tag, at, isPull) => contents.getAt(repository, tag, at, isPull),
      stat: (_caller, repository, reference) => contents.stat(repository, reference),
      put: (caller, request) =>
        putManifest(core, immutable, caller, {
          ...request,
          may: (permission) => access.may(caller.principal, permission, request.repository),
        }),
      delete: async (caller, repository, reference, expect) => {
        const needed = isDigest(reference) ? 'artifacts:delete' : 'tags:delete'
        access.authorize(caller.principal, needed, repository)
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

/** Where accounts have none: nobody gets in by one, and none is set. */
const noPasswords: Passwords = {
  hash: async () => {
    throw new RegistryError('unsupported', { what: 'passwords of accounts, without a server' })
  },
  verify: async () => false,
}
const noMail: Mailer = {
  send: async () => {
    throw new MailError('refused', 'letters are sent by a server')
  },
  close: async () => {},
}
const noneCommon: CommonPasswords = { has: async () => false }
const usualSessions: SessionSettings = { lifetime: 7 * 86_400_000 }

function diskSpace({ store, blobs, clock }: Ports, { minFreeBytes }: Limits): DiskSpace {
  const sources = [store, blobs].flatMap((engine) =>
    'freeBytes' in engine ? [async () => (await engine.freeBytes?.()) ?? Number.POSITIVE_INFINITY] : [],
  )
  return new DiskSpace({ sources, clock, minFreeBytes })
}
