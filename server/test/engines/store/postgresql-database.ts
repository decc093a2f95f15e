import { Client, type ClientBase } from 'pg'
import { type OpenSchemaOptions, openSchema } from '../../../src/adapters/store/postgresql/migrate.ts'
import type { OpenedSchema } from '../../../src/adapters/store/postgresql/opened-schema.ts'
import type { Reach } from '../../../src/adapters/store/postgresql/schema-session.ts'
import { schemaAt } from '../../../src/adapters/store/shared/standing.ts'
import type { Migration, Schema } from '../../../src/ports/store/table.ts'
import type { PostgresqlServer } from '../../kit/servers/postgresql-server.ts'

/** A database of one test, and a connection to ask it by. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly reach: Reach
  readonly client: ClientBase
  rows(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  open(schema: Schema, options?: OpenSchemaOptions): Promise<OpenedSchema>
}

export async function testDatabase(server: PostgresqlServer): Promise<TestDatabase> {
  const url = await server.database()
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  const reach = reachOf(url)
  return {
    url,
    reach,
    client,
    rows: async (sql, values = []) => (await client.query(sql, [...values])).rows,
    open: (schema, options) => openSchema(reach, schema, options),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

export const reachOf = (connectionString: string): Reach => ({ options: { connectionString } }) as Reach

/** The schema that declares what these migrations make. */
export function releaseOf(...migrations: readonly Migration[]): Schema {
  return schemaAt({ tables: [], logs: [], migrations }, migrations.length)
}

/** What a database is made of: columns, defaults, keys, orders, ranges; and every row of every table. */
export async function everything({
  rows,
}: TestDatabase): Promise<{ made: unknown; rows: Record<string, unknown> }> {
  const made = await rows(`
    SELECT relname::text, attname::text, format_type(atttypid, atttypmod), attnotnull, attcollation::int
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2`)
  const indexes = await rows(
    `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
  )
  const checks = await rows(
    `SELECT conname, contype FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1`,
  )
  const found: Record<string, unknown> = {}
  for (const { name } of await rows(
    `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  )) {
    const where = name === 'lading_state' ? `WHERE name <> 'era'` : ''
    const list = await rows(`SELECT to_jsonb(t) - '_xid' - '_at' AS row FROM "${name}" t ${where} ORDER BY 1`)
    found[String(name)] = list.map(({ row }) => row)
  }
  return { made: [made, indexes, checks], rows: found }
}
