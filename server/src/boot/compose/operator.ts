import { setFirstUserHash } from '../../core/access/first-user.ts'
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
import { checkPasswordHash } from '../../domain/password-hash.ts'
import type { Principal } from '../../domain/principal.ts'
import { quotaOf, type Usage } from '../../domain/quota.ts'
import type { Directory, DirectoryReader, DirectoryWriter } from '../../ports/directory/directory.ts'
import type { Composed } from '../compose.ts'
import type { NamespaceStatus, Operator, Status } from '../operator.ts'
import type { Registry } from '../registry.ts'
import { leftOver } from './left-over.ts'
import { reindex } from './reindex.ts'

/** What the process knows of itself. */
export type Host = Pick<
  Status,
  'release' | 'node' | 'pid' | 'startedAt' | 'data' | 'firstUser' | 'schemaVersion'
>

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
  const { release, schemaVersion, firstUser } = host
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
      const caller: Caller = { principal: operatorItself, requestId: core.random.uuid(), signal }
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
    reindex: (options, progress, signal) => reindex(composed.searching, options, progress, signal),
    status: async () => {
      const [stands, jobs, free] = await Promise.all([standing(core), jobsOf(composed), freeBytes(core)])
      return { ...host, ...stands, jobs, ...free }
    },
    jobs: {
      dead: () => journal.list('dead', deadListed),
      async revive(ids) {
        const revived = await Promise.all(ids.map((id) => journal.revive(id)))
        return revived.filter(Boolean).length
      },
    },
    async setFirstUserHash(hash) {
      if (firstUser === undefined) throw new RegistryError('unsupported', { what: withoutFirstUser })
      const reason = checkPasswordHash(hash)
      if (reason !== undefined) throw new RegistryError('parameter-invalid', { parameter: 'hash', reason })
      await setFirstUserHash(core, firstUser, hash)
      return firstUser
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
    caller: { principal: operatorItself, requestId: core.random.uuid(), signal },
  }
}

const withoutFirstUser =
  'a new password for the first user of a registry whose configuration has none: access.firstUser counts where users is empty and access.allowAnonymousWrite false'

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
  const [uploading, left] = await Promise.all([
    store.count(uploads, { index: 'due', upTo: countedTo }),
    leftOver(store),
  ])
  return {
    total: used.reduce<Usage>(sum, { bytes: 0, repositories: 0, manifests: 0 }),
    namespaces: used,
    uploads: uploading,
    ...left,
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
