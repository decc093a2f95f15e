import type { PostgresqlStoreOptions } from '../../adapters/store/postgresql/postgresql-store.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import { NoBlobs } from './no-blobs.ts'
import { blobsNotOpened, notOpened } from './not-opened.ts'
import type { OpenedEngines } from './opened-engines.ts'
import type { Tools } from './tools.ts'

export interface PostgresqlEngineOptions {
  readonly store: Omit<PostgresqlStoreOptions, 'now'>
  /** undefined: content that does not stand in the store is refused. */
  readonly openBlobs: (() => Promise<Blobs>) | undefined
}

/** @throws UnavailableError: the database, or what keeps the blobs, cannot be opened */
export async function openPostgresqlEngines(
  { schema, clock }: Tools,
  { store: options, openBlobs }: PostgresqlEngineOptions,
): Promise<OpenedEngines> {
  const { openPostgresqlStore } = await import('../../adapters/store/postgresql/postgresql-store.ts')
  const store = await openPostgresqlStore({ ...options, now: () => clock.now() }, schema).catch(
    (cause: unknown) => {
      throw notOpened(cause)
    },
  )
  try {
    const blobs = openBlobs === undefined ? new NoBlobs() : await openBlobs()
    return { store, blobs, openSearch: () => openSearch(options) }
  } catch (error) {
    await store.close()
    throw blobsNotOpened(error)
  }
}

async function openSearch({
  max: _max,
  replicas: _replicas,
  ...address
}: PostgresqlEngineOptions['store']): Promise<SearchEngine> {
  const { openPostgresqlSearch } = await import('../../adapters/search/postgresql/open-postgresql-search.ts')
  return await openPostgresqlSearch(address)
}
