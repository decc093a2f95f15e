import type { Column, DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import { allEqual, listed, positionColumn, quoted } from './table-sql.ts'

/** The shape of a page: how many values it binds, not which. Statements are kept by their text. */
export interface PageShape {
  readonly order: readonly Column[]
  readonly eq: number
  /** How many columns each bound names. */
  readonly bounds: readonly number[]
  readonly back: boolean
}

const marks = (count: number): string => Array(count).fill('?').join(', ')
const where = (terms: readonly string[]): string => {
  const given = terms.filter((term) => term !== '')
  return given.length === 0 ? '' : ` WHERE ${given.join(' AND ')}`
}
const wholeRow = (table: DeclaredTable): string => `${listed(table.columns)}, "rev"`

export function rowSql(table: DeclaredTable, by: readonly Column[]): string {
  return `SELECT ${wholeRow(table)} FROM ${quoted(table.name)} WHERE ${allEqual(by)}`
}

/** Of so many keys, the columns of the key, some of the row, and its revision behind them. */
export function partsSql(table: DeclaredTable, columns: readonly Column[], keys: number): string {
  const { key } = table
  const each = key.length === 1 ? '?' : `(${marks(key.length)})`
  const given = Array(keys).fill(each).join(', ')
  const wanted = key.length === 1 ? `(${given})` : `(VALUES ${given})`
  return `SELECT ${listed([...key, ...columns])}, "rev" FROM ${quoted(table.name)} WHERE (${listed(key)}) IN ${wanted}`
}

/** Binds the prefix, each bound, the limit. */
export function pageSql(table: DeclaredTable, { order, eq, bounds, back }: PageShape): string {
  const rest = order.slice(eq)
  const terms = bounds.map(
    (count) => `(${listed(rest.slice(0, count))}) ${back ? '<' : '>'} (${marks(count)})`,
  )
  const sorted = rest.map((column) => `${quoted(column.name)}${back ? ' DESC' : ''}`).join(', ')
  const from = `SELECT ${wholeRow(table)} FROM ${quoted(table.name)}${where([allEqual(order.slice(0, eq)), ...terms])}`
  return `${from}${sorted === '' ? '' : ` ORDER BY ${sorted}`} LIMIT ?`
}

/** Binds the prefix, then where to stop. */
export function countSql(table: DeclaredTable, prefix: readonly Column[]): string {
  return `SELECT count(*) FROM (SELECT 1 FROM ${quoted(table.name)}${where([allEqual(prefix)])} LIMIT ?)`
}

/** Binds the position passed, then the limit. */
/** Of one row with one column: null where the log is empty. */
export function lastSql(log: DeclaredLog): string {
  return `SELECT max(${quoted(positionColumn)}) FROM ${quoted(log.name)}`
}

export function tailSql(log: DeclaredLog): string {
  const at = quoted(positionColumn)
  return `SELECT ${at}, ${listed(log.columns)} FROM ${quoted(log.name)} WHERE ${at} > ? ORDER BY ${at} LIMIT ?`
}
