import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { tableDifferences } from './found-schema.ts'
import { type ReachOptions, reachOf } from './reach-of.ts'
import { defaultSchemaWaits, openSession, type Reach } from './schema-session.ts'
import { readState } from './schema-state.ts'
import { expandedAt, schemaOf } from './standing-phases.ts'

export interface InspectedSchema {
  /** That the records are at; 0 where no table was made yet. */
  readonly version: number
  /**
   * What is not as a release of that version has left it, one phrase each. undefined where the records are newer than the
   * schema, which cannot tell then.
   */
  readonly differences: readonly string[] | undefined
}

/** Looks at the tables, also while others change them, and changes nothing. Throws StoreError. */
export function inspectPostgresql(options: ReachOptions, schema: Schema): Promise<InspectedSchema> {
  return inspectSchema(reachOf(options), schema)
}

/** As `inspectPostgresql`, where the way is known. */
export async function inspectSchema(reach: Reach, schema: Schema): Promise<InspectedSchema> {
  const client = await openSession(reach, defaultSchemaWaits)
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    const state = await readState(client)
    if (state === undefined) return { version: 0, differences: [] }
    const { version } = state
    if (version > schemaVersion(schema)) return { version, differences: undefined }
    const standing = schemaOf(expandedAt(schema, state), schema)
    const differences = await tableDifferences(client, standing)
    const half = state.restoring ? ['a restore was begun and has not ended'] : []
    return { version, differences: [...half, ...differences] }
  } catch (error) {
    throw connectFault(error, client)
  } finally {
    await client.end().catch(() => {})
  }
}
