import type { ClientBase } from 'pg'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { checkServer } from './check-server.ts'
import { settleMoved } from './moved-database.ts'
import { type OpenedOptions, OpenedSchema } from './opened-schema.ts'
import { checkSchema, halfRestored, refuseDifferences, refuseNewer } from './refuse-schema.ts'
import { announce, inTurn } from './schema-locks.ts'
import {
  changeTables,
  defaultSchemaWaits,
  openSession,
  type Reach,
  type SchemaWaits,
} from './schema-session.ts'
import { firstStatements, readState, type SchemaState, stateOf } from './schema-state.ts'
import { expandedAt, type Progress, schemaOf } from './standing-phases.ts'
import { takeSteps } from './take-steps.ts'
import { viewChanges } from './views.ts'

export interface OpenSchemaOptions extends OpenedOptions {
  /** The schema of PostgreSQL that the connection's search_path begins with; made where it is not there. */
  readonly namespace?: string
  readonly waits?: Partial<SchemaWaits>
  /** True: also where a restore is under way, whose records are to be set right. */
  readonly restoring?: boolean
}

/**
 * Brings the database to the schema, each migration in a transaction, while others wait; then tells that a process of this
 * version is at work, until disposal. Where older ones are, what they would miss stays until they have gone: it is looked
 * for again and again, and `contract` does at once.
 *
 * Throws StoreError: `permanent` where the database is newer than the schema, was not left so by Lading, is half restored
 * or cannot be used; `denied` for lack of rights; `transient` where others did not let it come to it in time.
 */
export async function openSchema(
  reach: Reach,
  schema: Schema,
  options: OpenSchemaOptions = {},
): Promise<OpenedSchema> {
  checkSchema(schema)
  const waits = { ...defaultSchemaWaits, ...options.waits }
  const client = await openSession(reach, waits)
  try {
    const isNew = await checkServer(client, options.namespace)
    const warnings = await inTurn(client, waits, async () => {
      const told = await bringForward(client, schema, { ...options, waits })
      await announce(client, schemaVersion(schema))
      return told
    })
    const { contracted } = await stateOf(client)
    const pending = contracted < schemaVersion(schema)
    return new OpenedSchema({
      client,
      reach,
      schema,
      waits,
      warnings,
      pending,
      options,
      made: isNew ? options.namespace : undefined,
    })
  } catch (error) {
    const fault = connectFault(error, client)
    await client.end().catch(() => {})
    throw fault
  }
}

interface Forward {
  readonly waits: SchemaWaits
  readonly restoring?: boolean
}

/** In one's turn. Answers what people should know. */
async function bringForward(
  client: ClientBase,
  schema: Schema,
  { waits, restoring = false }: Forward,
): Promise<readonly string[]> {
  const state = await firstState(client, waits)
  if (state.restoring && !restoring) throw halfRestored()
  refuseNewer(state, schema)
  await refuseDifferences(client, schema, state)
  const moved = await settleMoved(client, schemaOf(expandedAt(schema, state), schema).logs, waits)
  await takeSteps({ client, schema, waits }, state)
  const reached = await stateOf(client)
  if (!isEqual(reached, state)) await refuseDifferences(client, schema, reached)
  const views = await viewChanges(client, schema)
  if (views.length > 0) await changeTables(client, waits, views)
  return moved
}

async function firstState(client: ClientBase, waits: SchemaWaits): Promise<SchemaState> {
  const found = await readState(client)
  if (found !== undefined) return found
  await changeTables(client, waits, firstStatements())
  return await stateOf(client)
}

const isEqual = (one: Progress, other: Progress): boolean =>
  one.version === other.version && one.indexed === other.indexed && one.contracted === other.contracted
