import type { CheckedChange, Condition } from '../shared/checked-batch.ts'
import type { DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import { allEqual, listed, quoted, type SqlValue, toSql } from './table-sql.ts'

/** A conditional statement: it changes one row, or none where the guard does not hold. */
export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const conditionSql = { eq: 'IS', gte: '>=', lte: '<=' } as const

export function insertSql(
  table: DeclaredTable,
  change: Extract<CheckedChange, { do: 'insert' }>,
  rev: string,
): Statement {
  const columns = table.columns
  const sql = textOnce(inserts, table, () => {
    return `INSERT INTO ${quoted(table.name)} (${listed(columns)}, "rev") VALUES (${'?, '.repeat(columns.length)}?) ON CONFLICT DO NOTHING`
  })
  return { sql, values: [...columns.map(({ name }) => toSql(change.row[name])), rev] }
}

/** Most changes of a registry add rows. A text that is made once is also found more quickly among prepared statements. */
const inserts = new WeakMap<DeclaredLog, string>()
const appends = new WeakMap<DeclaredLog, string>()

function textOnce(texts: WeakMap<DeclaredLog, string>, owner: DeclaredLog, make: () => string): string {
  const known = texts.get(owner)
  if (known !== undefined) return known
  const text = make()
  texts.set(owner, text)
  return text
}

export function putSql(
  table: DeclaredTable,
  change: Extract<CheckedChange, { do: 'put' }>,
  rev: string,
): Statement {
  const columns = table.columns.filter((column) => !table.key.includes(column))
  const sets = [...columns, { name: 'rev' }].map(({ name }) => `${quoted(name)} = ?`).join(', ')
  return {
    sql: `UPDATE ${quoted(table.name)} SET ${sets} WHERE ${allEqual(table.key)} AND "rev" = ?`,
    values: [
      ...columns.map(({ name }) => toSql(change.row[name])),
      rev,
      ...change.key.map(toSql),
      change.rev,
    ],
  }
}

export function patchSql(
  table: DeclaredTable,
  change: Extract<CheckedChange, { do: 'patch' }>,
  rev: string,
): Statement {
  const set = change.set.map(([name]) => `${quoted(name)} = ?, `).join('')
  const add = change.add.map(([name]) => `${quoted(name)} = ${quoted(name)} + ?, `).join('')
  return {
    sql: `UPDATE ${quoted(table.name)} SET ${set}${add}"rev" = ? WHERE ${allEqual(table.key)}${whenSql(change.when)}`,
    values: [
      ...change.set.map(([, value]) => toSql(value)),
      ...change.add.map(([, value]) => value),
      rev,
      ...change.key.map(toSql),
      ...change.when.map(({ value }) => toSql(value)),
    ],
  }
}

export function removeSql(table: DeclaredTable, change: Extract<CheckedChange, { do: 'remove' }>): Statement {
  const rev = change.rev === undefined ? [] : [change.rev]
  return {
    sql: `DELETE FROM ${quoted(table.name)} WHERE ${allEqual(table.key)}${rev.length > 0 ? ' AND "rev" = ?' : ''}${whenSql(change.when)}`,
    values: [...change.key.map(toSql), ...rev, ...change.when.map(({ value }) => toSql(value))],
  }
}

export function appendSql(log: DeclaredLog, change: Extract<CheckedChange, { do: 'append' }>): Statement {
  const sql = textOnce(appends, log, () => {
    return `INSERT INTO ${quoted(log.name)} (${listed(log.columns)}) VALUES (${Array(log.columns.length).fill('?').join(', ')})`
  })
  return { sql, values: log.columns.map(({ name }) => toSql(change.row[name])) }
}

/** Answers the revision of the row, if there is one. */
export function revisionSql(
  table: DeclaredTable,
  change: Exclude<CheckedChange, { do: 'append' }>,
): Statement {
  return {
    sql: `SELECT "rev" FROM ${quoted(table.name)} WHERE ${allEqual(table.key)}`,
    values: change.key.map(toSql),
  }
}

const whenSql = (when: readonly Condition[]): string =>
  when.map(({ column, is }) => ` AND ${quoted(column)} ${conditionSql[is]} ?`).join('')
