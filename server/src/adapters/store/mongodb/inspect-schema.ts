import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { connect } from '../../shared/mongodb-connect.ts'
import { storeErrorOf } from '../../shared/mongodb-store-error-of.ts'
import { schemaAt } from '../shared/standing.ts'
import { collectionsOf } from './collections.ts'
import { differencesOf } from './found-collections.ts'
import { stateOf } from './migrate.ts'
import { type MongodbStoreOptions, usualWaits } from './options.ts'

export interface InspectedMongodb {
  /** That the records are at; 0 where no table was made yet. */
  readonly version: number
  /**
   * What is not as a release of that version has left it, one phrase each. undefined where the records are newer than the
   * schema, which cannot tell then.
   */
  readonly differences: readonly string[] | undefined
}

/** Looks at the tables, also while others change them, and changes nothing. Throws StoreError. */
export async function inspectMongodb(
  options: MongodbStoreOptions,
  schema: Schema,
): Promise<InspectedMongodb> {
  const { client, db } = await connect({ ...options, waits: { ...usualWaits, ...options.waits } })
  try {
    const state = await stateOf(collectionsOf(db))
    if (state === undefined) return { version: 0, differences: [] }
    const { version, changing } = state
    if (version > schemaVersion(schema)) return { version, differences: undefined }
    const half = changing === undefined ? [] : [`a change to version ${changing} was begun and has not ended`]
    return { version, differences: [...half, ...(await differencesOf(db, schemaAt(schema, version)))] }
  } catch (error) {
    throw storeErrorOf(error)
  } finally {
    await client.close()
  }
}
