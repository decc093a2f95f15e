import type { MongodbStoreOptions } from '../../adapters/store/mongodb/options.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Schema } from '../../ports/store/table.ts'
import { NoBlobs } from './no-blobs.ts'
import { blobsNotOpened, notOpened } from './not-opened.ts'
import type { OpenedEngines } from './opened-engines.ts'
import type { Tools } from './tools.ts'

export interface MongodbEngineOptions {
  readonly store: Omit<MongodbStoreOptions, 'now'>
  /** undefined: content that does not stand in the store is refused. */
  readonly openBlobs: (() => Promise<Blobs>) | undefined
}

export type OpenMongodb = (options: MongodbStoreOptions, schema: Schema) => Promise<Store>

/** @throws UnavailableError: the database, or what keeps the blobs, cannot be opened */
export async function openMongodbEngines(
  { schema, clock }: Tools,
  { store: options, openBlobs }: MongodbEngineOptions,
  open: OpenMongodb = openReplicaSet,
): Promise<OpenedEngines> {
  const store = await open({ ...options, now: () => clock.now() }, schema).catch((cause: unknown) => {
    throw notOpened(cause)
  })
  try {
    const blobs = openBlobs === undefined ? new NoBlobs() : await openBlobs()
    return { store, blobs, openSearch: () => openSearch(options) }
  } catch (error) {
    await store.close()
    throw blobsNotOpened(error)
  }
}

async function openSearch({ url, database, ca }: MongodbEngineOptions['store']): Promise<SearchEngine> {
  const { openMongodbSearch } = await import('../../adapters/search/mongodb/open-mongodb-search.ts')
  return await openMongodbSearch({
    url,
    ...(database !== undefined && { database }),
    ...(ca !== undefined && { ca }),
  })
}

const openReplicaSet: OpenMongodb = async (options, schema) => {
  const { openMongodbStore } = await import('../../adapters/store/mongodb/mongodb-store.ts')
  return await openMongodbStore(options, schema)
}
