import type { Client } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Restoration, StoreRestore } from '../../../ports/store/restore.ts'
import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { refused } from '../shared/refuse.ts'
import { rowsFormat } from '../shared/row-format.ts'
import { checkServer } from './check-server.ts'
import { loadRows } from './load-rows.ts'
import { openPostgresqlStore, type PostgresqlStoreOptions } from './postgresql-store.ts'
import { reachOf } from './reach-of.ts'
import { checkSchema } from './refuse-schema.ts'
import { inTurn, tryRestoring, versionsAtWork } from './schema-locks.ts'
import { defaultSchemaWaits, openSession, transaction } from './schema-session.ts'
import {
  firstStatements,
  markStatement,
  newEraStatement,
  readState,
  unmarkStatement,
} from './schema-state.ts'

export interface PostgresqlRestoreOptions extends PostgresqlStoreOptions {
  /** Whether content of a registry is there, in whatever keeps it. Asked where no restore was begun. Nothing by default. */
  readonly holdsContent?: () => Promise<boolean>
}

/** Puts records of the format `lading-rows-1` into a database that has none. */
export function openPostgresqlRestore(options: PostgresqlRestoreOptions, schema: Schema): StoreRestore {
  return {
    format: rowsFormat,
    begin: async () => {
      checkSchema(schema)
      const client = await openSession(reachOf(options), defaultSchemaWaits)
      try {
        await checkServer(client, options.schema)
        await inTurn(client, defaultSchemaWaits, async () => {
          if (!(await tryRestoring(client))) throw refused('another restore into this database is under way')
          await refuseTaken(client, schema, options)
          await mark(client)
        })
        return new DatabaseRestoration(client, schema, () =>
          openPostgresqlStore({ ...options, restoring: true }, schema),
        )
      } catch (error) {
        const fault = connectFault(error, client)
        await client.end().catch(() => {})
        throw fault
      }
    },
  }
}

/** Throws `permanent` where something of a registry is there, or somebody is at work on it; and what `holdsContent` throws. */
async function refuseTaken(
  client: Client,
  schema: Schema,
  { holdsContent }: PostgresqlRestoreOptions,
): Promise<void> {
  const elsewhere = 'restore into another database or another schema of it'
  if ((await versionsAtWork(client)).length > 0) {
    throw refused(`a Lading is at work on this database: stop it, or ${elsewhere}`)
  }
  const state = await readState(client)
  if (state?.restoring === true) return
  if (state !== undefined) {
    throw refused(
      `this database holds a registry already: ${elsewhere}, or drop this one if it is not wanted any more`,
    )
  }
  const names = [...schema.tables, ...schema.logs].map(({ name }) => name)
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
      WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY ($1) ORDER BY 1 LIMIT 1`,
    [names],
  )
  const [other] = rows
  if (other !== undefined) {
    throw refused(
      `this database has a table ${JSON.stringify(other.name)} that Lading has not made: ${elsewhere}`,
    )
  }
  if ((await holdsContent?.()) !== true) return
  throw refused(
    'there is content of a registry whose records are not in this database: name an empty place for it',
  )
}

async function mark(client: Client): Promise<void> {
  const first = (await readState(client)) === undefined ? firstStatements() : []
  await transaction(client, async () => {
    for (const sql of [...first, markStatement]) await client.query(sql)
  })
}

class DatabaseRestoration implements Restoration {
  readonly #client: Client
  readonly #schema: Schema
  readonly #open: () => Promise<Store>
  #staged: Store | undefined

  constructor(client: Client, schema: Schema, open: () => Promise<Store>) {
    this.#client = client
    this.#schema = schema
    this.#open = open
  }

  async stage(bytes: AsyncIterable<Uint8Array>): Promise<Store> {
    if (this.#staged !== undefined) throw new StoreError('permanent', 'something was staged already')
    try {
      await loadRows(this.#client, this.#schema, bytes)
    } catch (error) {
      throw connectFault(error, this.#client)
    }
    this.#staged = await this.#open()
    return this.#staged
  }

  async finish(): Promise<void> {
    if (this.#staged === undefined) throw new StoreError('permanent', 'nothing was staged')
    await this.#staged.close()
    const client = this.#client
    try {
      await transaction(client, async () => {
        await client.query('SET LOCAL synchronous_commit = on')
        await client.query(newEraStatement)
        await client.query(unmarkStatement)
      })
    } catch (error) {
      throw connectFault(error, client)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staged?.close()
    await this.#client.end().catch(() => {})
  }
}
