import { jobs } from '../../adapters/journal/store/tables.ts'
import type { Config } from '../../config/config.ts'
import { hasAccounts } from '../../core/access/has-accounts.ts'
import { requireKnownKinds } from '../../core/artifacts/require-known-kinds.ts'
import { requireWholeCopy } from '../../core/care/copy/half-copied.ts'
import { knownRegistryId } from '../../core/care/registry-id.ts'
import { knownPlace } from '../../core/content/require-own-content.ts'
import type { Core } from '../../core/ledger/core.ts'
import type { Digest } from '../../domain/digest.ts'
import { kindsByName } from '../../kinds/kinds.ts'
import { leftOver } from '../compose/left-over.ts'
import { mongodbOptions, openStore, postgresqlOptions, storeEngine } from '../open-store.ts'
import type { Status } from '../operator.ts'
import { readKinds } from '../read-kinds.ts'
import { schema } from '../schema.ts'

/** How a registry stands, as far as its records say. */
export interface Standing
  extends Pick<Status, 'trash' | 'damaged' | 'lastMoveAt' | 'unsealed' | 'hasAccounts'> {
  readonly jobs: Pick<Status['jobs'], 'dead'>
}

export interface LookedAt {
  readonly standing: Standing
  /** Absent where no server has started on the records yet. */
  readonly id?: Digest
  /** Where its content is, by the name of the place. */
  readonly contentPlace: string | undefined
  /** For what a server would not start on them, in words for the operator. */
  readonly refusals: readonly string[]
}

type Reads = Pick<Core['store'], 'get' | 'find' | 'count'>

const deadCountedTo = 10_000

/**
 * Looks at records of this release's version. Makes nothing and changes nothing, in a data folder under its lock.
 * @throws StoreError, and what the file system says
 */
export async function lookAtRegistry(config: Config): Promise<LookedAt> {
  await using opened = await openReads(config)
  const store = opened.reads
  const [left, dead, isSetUp, id, contentPlace] = await Promise.all([
    leftOver(store),
    store.count(jobs, { index: 'due', eq: ['dead'], upTo: deadCountedTo }),
    hasAccounts(store),
    knownRegistryId({ store }),
    knownPlace(store),
  ])
  const tried = await Promise.allSettled([requireWholeCopy({ store }), requireKinds(config, store)])
  const refusals = tried.flatMap((each) => (each.status === 'rejected' ? messageOf(each.reason) : []))
  const standing = { ...left, jobs: { dead }, hasAccounts: isSetUp }
  return { standing, ...(id !== undefined && { id }), contentPlace, refusals }
}

async function openReads(config: Config): Promise<AsyncDisposable & { readonly reads: Reads }> {
  switch (storeEngine(config)) {
    case 'sqlite': {
      const { systemClock } = await import('../../adapters/clock/system/system-clock.ts')
      const { store } = await openStore(config, systemClock)
      return { reads: store, [Symbol.asyncDispose]: () => store.close() }
    }
    case 'postgresql': {
      const { readPostgresql } = await import('../../adapters/store/postgresql/read-only.ts')
      return await readPostgresql(postgresqlOptions(config), schema)
    }
    case 'mongodb': {
      const { readMongodb } = await import('../../adapters/store/mongodb/read-only.ts')
      return await readMongodb(mongodbOptions(config), schema)
    }
  }
}

async function requireKinds(config: Config, store: Reads): Promise<void> {
  await requireKnownKinds({ store, kinds: kindsByName(await readKinds(config.kinds)) })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
