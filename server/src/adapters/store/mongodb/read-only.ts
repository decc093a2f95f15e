import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import { connect, refuseUnfit } from '../../shared/mongodb-connect.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import { declared } from '../shared/declared.ts'
import { collectionsOf } from './collections.ts'
import { type MongodbStoreOptions, usualWaits } from './options.ts'
import { Readings } from './readings.ts'

export interface MongodbReads extends AsyncDisposable {
  readonly reads: Pick<Store, 'get' | 'find' | 'count'>
}

/** Reads of the tables, which must be of the schema's version, by a process that nobody counts. Throws StoreError. */
export async function readMongodb(options: MongodbStoreOptions, schema: Schema): Promise<MongodbReads> {
  const waits = { ...usualWaits, ...options.waits }
  const { client, db } = await connect({ ...options, waits })
  return {
    reads: new Readings(declared(schema), collectionsOf(db), waits.operation),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** Whether a start would be refused for what the server is. Throws StoreError as a start would. */
export async function tryMongodb(options: MongodbStoreOptions): Promise<void> {
  const { client, db } = await connect({ ...options, waits: { ...usualWaits, ...options.waits } })
  try {
    await refuseUnfit(db, true)
  } catch (error) {
    throw storeErrorOf(error)
  } finally {
    await client.close()
  }
}
