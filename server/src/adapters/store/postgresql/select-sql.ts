import { quoted } from '../../shared/postgresql-quoted.ts'
import type { Column, DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import { allEnded, writersEndedSql } from './settled-sql.ts'
import { listed, positionColumn, sqlTypes, transactionColumn } from './table-sql.ts'

/** The shape of a page: how many values it binds, not which. Statements are kept by their text. */
export interface PageShape {
  readonly order: readonly Column[]
  readonly eq: number
  /** How many columns each bound names. */
  readonly bounds: readonly number[]
  readonly back: boolean
}

/** The marks of `count` values, after those of which there are `before`. */
export const marks = (count: number, before = 0): string =>
  Array.from({ length: count }, (_, at) => `$${before + at + 1}`).join(', ')

export const allEqual = (columns: readonly Column[], before = 0): string =>
  columns.map(({ name }, at) => `${quoted(name)} = $${before + at + 1}`).join(' AND ')

export const wholeRow = (table: DeclaredTable): string => `${listed(table.columns)}, "rev"`

const where = (terms: readonly string[]): string => {
  const given = terms.filter((term) => term !== '')
  return given.length === 0 ? '' : ` WHERE ${given.join(' AND ')}`
}

export function rowSql(table: DeclaredTable, by: readonly Column[]): string {
  return `SELECT ${wholeRow(table)} FROM ${quoted(table.name)} WHERE ${allEqual(by)}`
}

/** Binds a list of values for each column of the key; answers, before each row, which of them it is, from 1. */
export function manyRowsSql(table: DeclaredTable, wantedColumns: readonly Column[] = table.columns): string {
  const lists = table.key.map(({ type }, at) => `$${at + 1}::${sqlTypes[type].split(' COLLATE')[0]}[]`)
  const wanted = table.key.map((_, at) => `"k${at}"`)
  const on = table.key.map(({ name }, at) => `t.${quoted(name)} = w."k${at}"`).join(' AND ')
  const columns = [...wantedColumns, { name: 'rev' }].map(({ name }) => `t.${quoted(name)}`).join(', ')
  return `SELECT w."place", ${columns} FROM unnest(${lists.join(', ')}) WITH ORDINALITY AS w(${wanted.join(', ')}, "place") JOIN ${quoted(table.name)} AS t ON ${on}`
}

/** Binds the prefix, each bound, the limit. */
export function pageSql(table: DeclaredTable, { order, eq, bounds, back }: PageShape): string {
  const rest = order.slice(eq)
  let bound = eq
  const terms = bounds.map((count) => {
    const given = marks(count, bound)
    bound += count
    return `(${listed(rest.slice(0, count))}) ${back ? '<' : '>'} (${given})`
  })
  const sorted = rest.map(({ name }) => `${quoted(name)}${back ? ' DESC' : ''}`).join(', ')
  const from = `SELECT ${wholeRow(table)} FROM ${quoted(table.name)}${where([allEqual(order.slice(0, eq)), ...terms])}`
  return `${from}${sorted === '' ? '' : ` ORDER BY ${sorted}`} LIMIT $${bound + 1}`
}

/** Binds the prefix, then where to stop. */
export function countSql(table: DeclaredTable, prefix: readonly Column[]): string {
  return `SELECT count(*) FROM (SELECT FROM ${quoted(table.name)}${where([allEqual(prefix)])} LIMIT $${prefix.length + 1}) AS counted`
}

const xid = quoted(transactionColumn)
const at = quoted(positionColumn)

/** Binds the position passed, of two numbers, then the limit, then below what all is settled. Answers what is. */
export function tailSql(log: DeclaredLog): string {
  return entriesSql(log, '', ` AND ${xid} < $4::text::xid8`)
}

/** Binds as `tailSql`. Answers all there is, and before the columns whether it is settled. */
export function tailNowSql(log: DeclaredLog): string {
  return entriesSql(log, `${xid} < $4::text::xid8, `, '')
}

function entriesSql(log: DeclaredLog, told: string, which: string): string {
  const after = `(${xid}, ${at}) > ($1::text::xid8, $2::bigint)`
  return `SELECT ${xid}, ${at}, ${told}${listed(log.columns)} FROM ${quoted(log.name)} WHERE ${after}${which} ORDER BY ${xid}, ${at} LIMIT $3`
}

/** Of one row: the log's last entry, settled or not; and below what all is settled. Of no row where the log is empty. */
export function lastSql(log: DeclaredLog): string {
  const settled = `CASE WHEN ${xid} < ${allEnded} THEN ${allEnded} ELSE ${writersEndedSql([log.name])} END`
  return `SELECT ${xid}, ${at}, ${settled} FROM ${quoted(log.name)} ORDER BY ${xid} DESC, ${at} DESC LIMIT 1`
}
