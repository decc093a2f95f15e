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
