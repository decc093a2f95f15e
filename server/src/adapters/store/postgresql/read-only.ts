import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import { declared } from '../shared/declared.ts'
import { freeze } from './frozen-state.ts'
import { type ReachOptions, reachOf } from './reach-of.ts'
import { RowReads } from './row-reads.ts'
import { defaultSchemaWaits } from './schema-session.ts'

export interface PostgresqlReads extends AsyncDisposable {
  readonly reads: Pick<Store, 'get' | 'find' | 'count'>
}

/**
 * Reads of one state of the tables, which must be of the schema's version, in a transaction that can change nothing. Throws
 * StoreError.
 */
export async function readPostgresql(options: ReachOptions, schema: Schema): Promise<PostgresqlReads> {
  const frozen = await freeze(reachOf(options), schema, defaultSchemaWaits)
  return {
    reads: new RowReads(declared(schema), (reading) => frozen.read(reading)),
    [Symbol.asyncDispose]: () => frozen[Symbol.asyncDispose](),
  }
}
