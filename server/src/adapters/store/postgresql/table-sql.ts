import { createHash } from 'node:crypto'
import type { Value } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import type { BaseType, Column, DeclaredLog, DeclaredTable } from '../shared/declared.ts'

export const listed = (columns: readonly { readonly name: string }[]): string =>
  columns.map((column) => quoted(column.name)).join(', ')

/** Text sorts by its bytes, whatever the database was made with. */
export const sqlTypes: Readonly<Record<BaseType, string>> = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  real: 'double precision',
  boolean: 'boolean',
  bytes: 'bytea',
}

/** Where an entry stands in its log, first by transaction, then within it. No declared name can be one of them. */
export const transactionColumn = '_xid'
export const positionColumn = '_at'

/** Of entries that were put back: every transaction of a server comes after it, and none before. */
export const firstTransaction = '3'

export function columnSql(column: Column): string {
  return `${quoted(column.name)} ${sqlTypes[column.type]}${column.nullable ? '' : ' NOT NULL'}`
}

/**
 * What an addition could break after the values were checked: PostgreSQL refuses it with 23514 and the constraint's name. A
 * sum of reals that is out of range it refuses by itself, with 22003.
 */
export function rangeSql(table: string, column: Column): string | undefined {
  if (column.type !== 'integer') return undefined
  const { MAX_SAFE_INTEGER: most } = Number
  const within = `CHECK (${quoted(column.name)} BETWEEN -${most} AND ${most})`
  return `CONSTRAINT ${quoted(rangeName(table, column.name))} ${within}`
}

/** The statements that make a table with its unique keys and orders. The first one makes the table. */
export function createTableSql(table: DeclaredTable): string[] {
  const columns = [
    ...table.columns.map(columnSql),
    `"rev" ${sqlTypes.text} NOT NULL`,
    `CONSTRAINT ${quoted(primaryKeyName(table.name))} PRIMARY KEY (${listed(table.key)})`,
    ...ranges(table),
  ]
  return [
    `CREATE TABLE ${quoted(table.name)} (${lines(columns)})`,
    ...Array.from(table.unique, ([name, list]) => createUniqueSql(table.name, name, list)),
    ...Array.from(table.indexes)
      .filter(([name]) => name !== 'key')
      .map(([name, list]) => createIndexSql(table.name, name, list)),
  ]
}

export function createLogSql(log: DeclaredLog): string {
  const columns = [
    `${quoted(positionColumn)} bigserial`,
    `${quoted(transactionColumn)} xid8 NOT NULL DEFAULT pg_current_xact_id()`,
    ...log.columns.map(columnSql),
    `CONSTRAINT ${quoted(primaryKeyName(log.name))} PRIMARY KEY (${quoted(transactionColumn)}, ${quoted(positionColumn)})`,
    ...ranges(log),
  ]
  return `CREATE TABLE ${quoted(log.name)} (${lines(columns)})`
}

const ranges = (owner: DeclaredLog): string[] =>
  owner.columns.flatMap((column) => rangeSql(owner.name, column) ?? [])

const lines = (parts: readonly string[]): string => `\n  ${parts.join(',\n  ')}\n`

export const primaryKeyName = (table: string): string => shortened(`${table}_pkey`)
export const uniqueName = (table: string, unique: string): string => shortened(`${table}_u_${unique}`)
export const indexName = (table: string, index: string): string => shortened(`${table}_i_${index}`)
export const rangeName = (table: string, column: string): string => shortened(`${table}_c_${column}`)

/** PostgreSQL cuts longer names off, and two could become one. */
const longestName = 63

function shortened(name: string): string {
  if (name.length <= longestName) return name
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 12)
  return `${name.slice(0, longestName - 13)}_${mark}`
}

export function createIndexSql(
  table: string,
  index: string,
  columns: readonly { readonly name: string }[],
): string {
  return `CREATE INDEX ${quoted(indexName(table, index))} ON ${quoted(table)} (${listed(columns)})`
}

function createUniqueSql(table: string, unique: string, columns: readonly Column[]): string {
  return `CREATE UNIQUE INDEX ${quoted(uniqueName(table, unique))} ON ${quoted(table)} (${listed(columns)})`
}

/** What the engine keeps beside the tables of a schema. No table of a schema may have such a name. */
export const ownTables: readonly string[] = ['lading_batches', 'lading_state']

/** The statements that make them. `lading_state` holds texts by name: see `schema-state.ts`. */
export const ownTablesSql: readonly string[] = [
  `CREATE TABLE "lading_state" (${lines(['"name" text COLLATE "C" PRIMARY KEY', '"value" text COLLATE "C" NOT NULL'])})`,
  `CREATE TABLE "lading_batches" (${lines([
    '"id" text COLLATE "C" PRIMARY KEY',
    '"void" boolean NOT NULL',
    '"at" bigint NOT NULL',
    '"xid" xid8 NOT NULL DEFAULT pg_current_xact_id()',
    '"touched" bytea',
  ])})`,
  'CREATE INDEX "lading_batches_i_xid" ON "lading_batches" ("xid")',
  'CREATE INDEX "lading_batches_i_at" ON "lading_batches" ("at")',
]

/** A value as it stands in a statement, whatever the session's settings are. */
export function literal(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return textLiteral(value)
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'::bytea`
  return String(value)
}

/** With a backslash in it, what it means is a setting of the session, unless it is marked as an escaped one. */
function textLiteral(text: string): string {
  const inner = text.replaceAll("'", "''")
  return inner.includes('\\') ? `E'${inner.replaceAll('\\', '\\\\')}'` : `'${inner}'`
}
