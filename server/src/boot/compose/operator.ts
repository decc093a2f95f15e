import { hasAccounts } from '../../core/access/has-accounts.ts'
import { passwordPath } from '../../core/access/letters.ts'
import { linkLifetimes } from '../../core/access/one-time-links.ts'
import { beginSetUp, setUpPath } from '../../core/access/set-up.ts'
import { listHeads } from '../../core/audit/list-heads.ts'
import { verifyAudit } from '../../core/audit/verify-audit.ts'
import { backup } from '../../core/care/backup.ts'
import { copyRegistry } from '../../core/care/copy/copy-registry.ts'
import type { CopyTarget } from '../../core/care/copy/copy-target.ts'
import { exportLayout } from '../../core/care/export-layout.ts'
import { importLayout, type Pushing } from '../../core/care/import-layout.ts'
import { scrub } from '../../core/care/scrub.ts'
import { namespaces, uploads } from '../../core/content/tables.ts'
import { runGc } from '../../core/gc/run-gc.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import type { Core } from '../../core/ledger/core.ts'
import { eachRow } from '../../core/ledger/each-row.ts'
import type { Seeding } from '../../core/seed/make-seeded.ts'
import { seed } from '../../core/seed/seed.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import { quotaOf, type Usage } from '../../domain/quota.ts'
import type { Directory, DirectoryReader, DirectoryWriter } from '../../ports/directory/directory.ts'
import type { Composed } from '../compose.ts'
import type { NamespaceStatus, Operator, Status } from '../operator.ts'
import type { Registry } from '../registry.ts'
import { leftOver } from './left-over.ts'
import { reindex } from './reindex.ts'

/** What the process knows of itself. */
export type Host = Pick<Status, 'release' | 'node' | 'pid' | 'startedAt' | 'data' | 'schemaVersion'> & {
  /** Where people reach the registry, without a slash at its end; empty where nobody knows yet. */
  readonly reached: string
}

/** Where an operator's folders are found. */
export interface Places {
  /** A folder by its absolute path. The `parameter` that it was given by is named where it may not be written to. */
  folderToWrite(path: string, parameter: string): Promise<Directory>
  /** A folder, or a file of the tar format where the path ends on `.tar`. */
  layoutToWrite(path: string, parameter: string): Promise<DirectoryWriter>
  layoutToRead(path: string, signal: AbortSignal): Promise<DirectoryReader>
  /** Another registry's store and content, by `folder:` or `config:` and an absolute path. */
  copyTarget(endpoint: string, parameter: string): Promise<CopyTarget>
}

/** Binds what an operator does, as `compose` binds what users do. */
export function bindOperator(composed: Composed, host: Host, places: Places): Operator {
  const { core, journal } = composed
  const { reached, ...told } = host
  const { release, schemaVersion } = told
  return {
    gc: ({ dryRun }, progress, signal) => runGc(core, composed, { dryRun, progress, signal }),
    backup: async ({ folder, ...options }, progress, signal) => {
      await using to = await places.folderToWrite(folder, 'folder')
      return await backup(core, { ...options, to, release, schemaVersion }, progress, signal)
    },
    copy: async ({ to, ...options }, progress, signal) => {
      await using target = await places.copyTarget(to, 'to')
      return await copyRegistry(core, { ...options, target, release }, progress, signal)
    },
    export: async ({ to, ...options }, progress, signal) => {
      await using writer = await places.layoutToWrite(to, 'to')
      return await exportLayout(core, { ...options, to: writer }, progress, signal)
    },
    import: async ({ from, ...options }, progress, signal) => {
      await using reader = await places.layoutToRead(from, signal)
      const caller = operatorCaller(core, signal)
      return await importLayout(
        pushing(composed.registry),
        core.limits,
        caller,
        { ...options, from: reader },
        progress,
      )
    },
    scrub: (options, progress, signal) => scrub(core, options, progress, signal),
    seed: (options, progress, signal) => {
      const { seeding, caller } = operatorSeeding(composed, signal)
      return seed(seeding, caller, options, progress)
    },
    verifyAudit: (options, progress, signal) => verifyAudit(core, options, progress, signal),
    audit: {
      list: (query) =>
        composed.registry.audit.list(operatorCaller(core, new AbortController().signal), query),
      heads: (limit) => listHeads(core, limit),
    },
    reindex: (options, progress, signal) => reindex(composed.searching, options, progress, signal),
    status: async () => {
      const [stands, jobs, free] = await Promise.all([standing(core), jobsOf(composed), freeBytes(core)])
      return { ...told, ...stands, jobs, ...free }
    },
    jobs: {
      dead: () => journal.list('dead', deadListed),
      async revive(ids) {
        const revived = await Promise.all(ids.map((id) => journal.revive(id)))
        return revived.filter(Boolean).length
      },
    },
    async setUpLink() {
      const token = await beginSetUp(core, { alone: true })
      if (token === undefined)
        throw new RegistryError('denied', { action: 'making a setup link', reason: hasAdministrator })
      return { url: `${reached}${setUpPath(token)}`, expiresAt: core.clock.now() + linkLifetimes.setup }
    },
    async resetLink(user, { secondFactor }) {
      const caller = operatorCaller(core, new AbortController().signal)
      const { accounts, factors } = composed.registry
      // First, since it ends links that were made before.
      if (secondFactor) await factors.reset(caller, user)
      const { token, expiresAt } = await accounts.datedLinkFor(caller, user)
      return { url: `${reached}${passwordPath(token)}`, expiresAt }
    },
  }
}

/** What fills a registry, and in whose name. */
export function operatorSeeding(
  { core, registry, immutableTags }: Composed,
  signal: AbortSignal,
): { readonly seeding: Seeding; readonly caller: Caller } {
  return {
    seeding: { authoring: { core, immutable: immutableTags }, ...registry },
    caller: operatorCaller(core, signal),
  }
}

const hasAdministrator =
  'there are accounts, the first of them an administrator, who makes others administrators by `lading grant give`'

/** As a push does; what can be answered at once is waited for all the same. */
function pushing({ uploads, blobs: content, manifests }: Registry): Pushing {
  return {
    uploads,
    blobs: { stat: async (caller, repository, digest) => await content.stat(caller, repository, digest) },
    manifests: {
      stat: async (caller, repository, digest) => await manifests.stat(caller, repository, digest),
      put: (caller, request) => manifests.put(caller, request),
    },
  }
}

const operatorItself: Principal = { kind: 'system', name: 'operator' }

function operatorCaller(core: Core, signal: AbortSignal): Caller {
  return { principal: operatorItself, requestId: core.random.uuid(), signal }
}

const deadListed = 1000
/** Nobody reads an exact number beyond these. */
const countedTo = 10_000
const dueCountedTo = 1000

async function jobsOf({ core, journal }: Composed): Promise<Status['jobs']> {
  const [counts, first] = await Promise.all([journal.counts(), journal.list('ready', dueCountedTo)])
  const now = core.clock.now()
  return { ...counts, due: first.filter(({ runAt }) => runAt <= now).length }
}

/** The rest is worth telling without it. */
async function freeBytes({ blobs }: Core): Promise<Pick<Status, 'freeBytes'>> {
  const free = await blobs.freeBytes?.().catch(() => undefined)
  return free === undefined ? {} : { freeBytes: free }
}

async function standing(core: Core): Promise<Omit<Status, keyof Host | 'jobs' | 'freeBytes'>> {
  const { store } = core
  const used = await usage(core)
  const [uploading, left, isSetUp] = await Promise.all([
    store.count(uploads, { index: 'due', upTo: countedTo }),
    leftOver(store),
    hasAccounts(store),
  ])
  return {
    total: used.reduce<Usage>(sum, { bytes: 0, repositories: 0, manifests: 0 }),
    namespaces: used,
    uploads: uploading,
    ...left,
    hasAccounts: isSetUp,
  }
}

async function usage(core: Core): Promise<NamespaceStatus[]> {
  const found: NamespaceStatus[] = []
  for await (const { namespace, bytes, repositories, manifests } of eachRow(core.store, namespaces)) {
    found.push({ namespace, bytes, repositories, manifests, quota: quotaOf(core.quotas, namespace) })
  }
  return found
}

function sum(a: Usage, b: Usage): Usage {
  return {
    bytes: a.bytes + b.bytes,
    repositories: a.repositories + b.repositories,
    manifests: a.manifests + b.manifests,
  }
}
