import type { Value } from '../../../ports/store/table.ts'
import type { BaseType, Column, DeclaredLog, DeclaredTable } from '../shared/declared.ts'

/** Declared names are letters, digits and `_`; quoting keeps SQL's own words usable. */
export const quoted = (name: string): string => `"${name}"`
export const listed = (columns: readonly { readonly name: string }[]): string =>
  columns.map((column) => quoted(column.name)).join(', ')

export const allEqual = (columns: readonly Column[]): string =>
  columns.map((column) => `${quoted(column.name)} = ?`).join(' AND ')

/** STRICT knows both INT and INTEGER: the former marks booleans, so that a found table tells them apart. */
export const sqlTypes: Readonly<Record<BaseType, string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  real: 'REAL',
  boolean: 'INT',
  bytes: 'BLOB',
}

/** The position of a log's entry, which no declared name can be. */
export const positionColumn = '_at'

export function columnSql(column: Column): string {
  const name = quoted(column.name)
  return `${name} ${sqlTypes[column.type]}${column.nullable ? '' : ' NOT NULL'}${range(column, name)}`
}

/** What an addition could break after the values were checked. */
function range(column: Column, name: string): string {
  if (column.type === 'integer') {
    return ` CHECK (${name} BETWEEN -${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER})`
  }
  if (column.type === 'real') return ` CHECK (abs(${name}) <= ${Number.MAX_VALUE})`
  return ''
}

/** The statements that make a table with its unique keys and indexes. */
export function createTableSql(table: DeclaredTable): string[] {
  const columns = [
    ...table.columns.map(columnSql),
    '"rev" TEXT NOT NULL',
    `PRIMARY KEY (${listed(table.key)})`,
  ]
  // Large values would fill the pages of the key's own tree.
  const rowid = table.columns.some((column) => column.type === 'bytes')
  const create = `CREATE TABLE ${quoted(table.name)} (${lines(columns)}) ${rowid ? 'STRICT' : 'STRICT, WITHOUT ROWID'}`
  const unique = Array.from(table.unique, ([name, list]) => createUniqueSql(table.name, name, list))
  const indexes = Array.from(table.indexes)
    .filter(([name]) => name !== 'key')
    .map(([name, list]) => createIndexSql(table.name, name, list))
  return [create, ...unique, ...indexes]
}

export function createLogSql(log: DeclaredLog): string {
  const columns = [`${quoted(positionColumn)} INTEGER PRIMARY KEY`, ...log.columns.map(columnSql)]
  return `CREATE TABLE ${quoted(log.name)} (${lines(columns)}) STRICT`
}

/** The database keeps this text, and people read it there. */
const lines = (parts: readonly string[]): string => `\n  ${parts.join(',\n  ')}\n`

export const indexName = (table: string, index: string): string => `${table}__${index}`

export function createIndexSql(table: string, index: string, columns: readonly { name: string }[]): string {
  return `CREATE INDEX ${quoted(indexName(table, index))} ON ${quoted(table)} (${listed(columns)})`
}

function createUniqueSql(table: string, index: string, columns: readonly Column[]): string {
  return createIndexSql(table, index, columns).replace('CREATE INDEX', 'CREATE UNIQUE INDEX')
}

export type SqlValue = string | number | Uint8Array | null

export const toSql = (value: Value): SqlValue => (typeof value === 'boolean' ? Number(value) : value)
export const fromSql = (type: BaseType, value: SqlValue): Value =>
  type === 'boolean' && value !== null ? value !== 0 : value
