import type { Client, ClientBase } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { declared } from '../shared/declared.ts'
import { checkServer } from './check-server.ts'
import { databaseSql } from './database-sql.ts'
import { type ReachOptions, reachOf } from './reach-of.ts'
import { defaultSchemaWaits, openSession } from './schema-session.ts'
import { firstStatements, readState } from './schema-state.ts'
import { literal, ownTables } from './table-sql.ts'

/**
 * Whether a start would be refused for what the server is or what this user may do there. What it takes to know is taken
 * back. Throws StoreError as a start would.
 */
export async function tryPostgresql(options: ReachOptions, schema: Schema): Promise<void> {
  const client = await openSession(reachOf(options), defaultSchemaWaits)
  try {
    await client.query('BEGIN')
    // Nobody is to wait for what only looks.
    await client.query(`SET LOCAL lock_timeout = ${defaultSchemaWaits.tableMs}`)
    await checkServer(client, options.schema)
    const state = await readState(client)
    if (state === undefined) for (const sql of firstStatements()) await client.query(sql)
    else await checkRights(client, schema, state.version < schemaVersion(schema))
    await client.query('ROLLBACK')
  } catch (error) {
    throw connectFault(error, client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** What a server that follows the primary lacks; undefined: nothing. Throws StoreError where it cannot be reached. */
export async function tryReplica(options: ReachOptions, primary: ReachOptions): Promise<string | undefined> {
  const { follows, database } = await standOf(options)
  const mend = 'so nothing is ever read from it: name a standby of the primary'
  if (!follows) return `it follows no other server, ${mend}`
  // What keeps the primary from being asked is somebody else's to say.
  const own = await standOf(primary).catch(() => undefined)
  return own === undefined || own.database === database
    ? undefined
    : `it is a copy of another database, ${mend}`
}

async function standOf(
  options: ReachOptions,
): Promise<{ readonly follows: boolean; readonly database: string | undefined }> {
  const client = await openSession(reachOf(options), defaultSchemaWaits)
  try {
    const { rows } = await client.query<{ follows: boolean; database: string }>(
      `SELECT pg_is_in_recovery() AS follows, ${databaseSql} AS database`,
    )
    return { follows: rows[0]?.follows === true, database: rows[0]?.database }
  } catch (error) {
    throw connectFault(error, client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function checkRights(client: Client, schema: Schema, isBehind: boolean): Promise<void> {
  const { tables, logs } = declared(schema)
  const names = [...ownTables, ...tables.keys(), ...logs.keys()]
  const lacking = await tableWithout(client, names, isBehind)
  if (lacking === undefined) return
  const { database, user = '' } = client
  throw new StoreError(
    'denied',
    `user ${JSON.stringify(user)} lacks a right in database ${JSON.stringify(database)} (table ${lacking}): ` +
      'make it the owner of the schema and the tables, or grant it SELECT, INSERT, UPDATE and DELETE on all of them',
  )
}

/** A table that the user may not use; where it is to be changed, also one that is not the user's own. */
async function tableWithout(
  client: ClientBase,
  names: readonly string[],
  isBehind: boolean,
): Promise<string | undefined> {
  const rights = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
    (right) => `NOT has_table_privilege(oid, '${right}')`,
  )
  const refused = isBehind ? [...rights, `NOT pg_has_role(relowner, 'USAGE')`] : rights
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
      WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'
      AND relname IN (${names.map(literal).join(', ')}) AND (${refused.join(' OR ')}) ORDER BY 1 LIMIT 1`,
  )
  return rows[0]?.name
}
