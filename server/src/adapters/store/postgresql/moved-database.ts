import type { ClientBase } from 'pg'
import type { Log } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { changeTables, type SchemaWaits } from './schema-session.ts'
import { newEraStatement } from './schema-state.ts'
import { firstTransaction, literal, positionColumn, transactionColumn } from './table-sql.ts'

const at = quoted(positionColumn)
const xid = quoted(transactionColumn)
const first = `${literal(firstTransaction)}::xid8`

/**
 * Where rows come from another server, by pg_dump or logical replication, this one may not have come to their transactions
 * yet: until then nobody would see the entries of logs, and new ones would stand before them. Gives them another place, in
 * their order, before everything of this server. In one's turn. Answers what people should know.
 */
export async function settleMoved(
  client: ClientBase,
  logs: readonly Pick<Log, 'name'>[],
  waits: SchemaWaits,
): Promise<readonly string[]> {
  const moved: string[] = []
  for (const { name } of logs) if (await isMoved(client, name, xid)) moved.push(name)
  const batches = await isMoved(client, 'lading_batches', quoted('xid'))
  if (moved.length === 0 && !batches) return []
  await changeTables(client, waits, [
    ...moved.flatMap(settleSql),
    `UPDATE "lading_batches" SET "xid" = ${first}`,
    newEraStatement,
  ])
  return [
    'the database comes from another server: the entries of its logs were put in order before those of this one',
  ]
}

async function isMoved(client: ClientBase, table: string, column: string): Promise<boolean> {
  const { rows } = await client.query<{ moved: boolean }>(
    `SELECT EXISTS (SELECT FROM ${quoted(table)} WHERE ${column} >= pg_snapshot_xmax(pg_current_snapshot())) AS moved`,
  )
  return rows[0]?.moved === true
}

/** Behind every place that is taken, so that none is taken twice on the way. */
function settleSql(log: string): string[] {
  const name = quoted(log)
  const places = `SELECT ctid AS row, row_number() OVER (ORDER BY ${xid}, ${at}) + (SELECT max(${at}) FROM ${name}) AS place FROM ${name}`
  const sequence = `pg_get_serial_sequence(${literal(name)}, ${literal(positionColumn)})`
  return [
    `LOCK TABLE ${name} IN EXCLUSIVE MODE`,
    `UPDATE ${name} SET ${xid} = ${first}, ${at} = place FROM (${places}) AS placed WHERE ${name}.ctid = placed.row`,
    `SELECT setval(${sequence}, (SELECT max(${at}) FROM ${name}))`,
  ]
}
