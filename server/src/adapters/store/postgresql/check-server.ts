import type { ClientBase } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import { oldestServer } from '../../shared/postgresql-connect-fault.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'

interface ServerSettings {
  readonly version: string
  readonly shown: string
  readonly encoding: string
  readonly standby: boolean
  readonly readonly: string
  readonly place: string | null
  readonly path: string
}

/**
 * Whether the engine can work with this server and where it stands in it. Makes the schema where one is named that is not
 * there: then it answers true. Throws `permanent`, and `denied` where it may only read.
 */
export async function checkServer(client: ClientBase, named: string | undefined): Promise<boolean> {
  const found = await settingsOf(client)
  if (Number(found.version) < oldestServer * 10_000) {
    throw new StoreError(
      'permanent',
      `this is PostgreSQL ${found.shown}, and Lading needs ${oldestServer} or newer: have the server upgraded`,
    )
  }
  if (found.encoding !== 'UTF8') {
    throw new StoreError(
      'permanent',
      `the database keeps text as ${found.encoding}, which cannot hold all of it: make one with ENCODING 'UTF8' TEMPLATE template0`,
    )
  }
  if (found.standby) throw readOnly('a standby, which only follows another server: connect to the primary')
  if (found.readonly === 'on') {
    throw readOnly(
      'set to be read only (default_transaction_read_only): set it off for this user and database',
    )
  }
  return await checkPlace(client, found, named)
}

async function checkPlace(
  client: ClientBase,
  { place, path }: ServerSettings,
  named: string | undefined,
): Promise<boolean> {
  if (named !== undefined && place !== named) {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(named)}`)
    if ((await settingsOf(client)).place === named) return true
    throw new StoreError(
      'permanent',
      `the search_path of the connection is ${path}, whose first schema is not ${JSON.stringify(named)}: set it so`,
    )
  }
  if (place !== null) return false
  throw new StoreError(
    'permanent',
    `no schema of the search_path (${path}) is there: make one with CREATE SCHEMA, or name another one`,
  )
}

async function settingsOf(client: ClientBase): Promise<ServerSettings> {
  const { rows } = await client.query<ServerSettings>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_version') AS shown,
      current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
      current_setting('default_transaction_read_only') AS readonly,
      current_schema()::text AS place, current_setting('search_path') AS path`,
  )
  const [settings] = rows
  if (settings === undefined) throw new StoreError('transient', 'the server did not tell its settings')
  return settings
}

const readOnly = (why: string): StoreError => new StoreError('denied', `the server is ${why}`)
