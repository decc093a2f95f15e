import type { Row } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import type { CheckedChange, Condition } from '../shared/checked-batch.ts'
import type { Declared, DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import type { Group } from './grouped-changes.ts'
import { textOnce } from './readings.ts'
import { allEqual, marks } from './select-sql.ts'
import { type SqlValue, toSql } from './sql-values.ts'
import type { Statement } from './statement.ts'
import { listed } from './table-sql.ts'

/** What stands in the error of a change whose guard did not hold. */
export const unmet = 'lading: not one row'

/**
 * A change as one statement, which fails where its guard does not hold: all of a batch is sent at once, and nobody is there
 * to look at how many rows each changed before the server goes on. What fails spoils the whole transaction.
 */
export function changeSql(schema: Declared, group: Group, rev: string): Statement {
  const [change] = group
  if (change.do === 'append') return appendSql(schema.logs.get(change.log) as DeclaredLog, group)
  const table = schema.tables.get(change.table) as DeclaredTable
  switch (change.do) {
    case 'insert':
      return insertSql(table, group, rev)
    case 'put':
      return putSql(table, change, rev)
    case 'patch':
      return patchSql(table, change, rev)
    case 'remove':
      return removeSql(table, change)
    case 'check':
      return checkSql(table, change)
  }
}

/** `changed` answers a row for each that it changed; there must be one. */
const one = (changed: string): string =>
  `WITH changed AS (${changed}) SELECT CASE count(*) WHEN 1 THEN 1 ELSE ('${unmet}, ' || count(*))::int END FROM changed`

const puts = new WeakMap<DeclaredTable, string>()
const checks = new WeakMap<DeclaredTable, string>()

function insertSql(table: DeclaredTable, group: Group, rev: string): Statement {
  const { columns } = table
  const sql = rowsText(table, group.length, (rows) => {
    return `INSERT INTO ${quoted(table.name)} (${listed(columns)}, "rev") VALUES ${places(columns.length + 1, rows)}`
  })
  return { sql, values: group.flatMap((change) => [...valuesOf(table, change), rev]) }
}

function putSql(table: DeclaredTable, change: Extract<CheckedChange, { do: 'put' }>, rev: string): Statement {
  const columns = table.columns.filter((column) => !table.key.includes(column))
  const sql = textOnce(puts, table, () => {
    const set = [...columns, { name: 'rev' }].map(({ name }, at) => `${quoted(name)} = $${at + 1}`)
    const before = set.length
    const where = `${allEqual(table.key, before)} AND "rev" = $${before + table.key.length + 1}`
    return one(`UPDATE ${quoted(table.name)} SET ${set.join(', ')} WHERE ${where} RETURNING 1`)
  })
  const values = columns.map(({ name }) => toSql(change.row[name]))
  return { sql, values: [...values, rev, ...change.key.map(toSql), change.rev] }
}

function patchSql(
  table: DeclaredTable,
  change: Extract<CheckedChange, { do: 'patch' }>,
  rev: string,
): Statement {
  const values: SqlValue[] = []
  const mark = (value: SqlValue): string => `$${values.push(value)}`
  const set = change.set.map(([name, value]) => `${quoted(name)} = ${mark(toSql(value))}`)
  const add = change.add.map(([name, value]) => `${quoted(name)} = ${quoted(name)} + ${mark(value)}`)
  const sets = [...set, ...add, `"rev" = ${mark(rev)}`].join(', ')
  const where = guarded(table, change.key, { when: change.when, mark })
  return { sql: one(`UPDATE ${quoted(table.name)} SET ${sets} WHERE ${where} RETURNING 1`), values }
}

function removeSql(table: DeclaredTable, change: Extract<CheckedChange, { do: 'remove' }>): Statement {
  const values: SqlValue[] = []
  const mark = (value: SqlValue): string => `$${values.push(value)}`
  const where = guarded(table, change.key, { when: change.when, mark })
  const rev = change.rev === undefined ? '' : ` AND "rev" = ${mark(change.rev)}`
  return { sql: one(`DELETE FROM ${quoted(table.name)} WHERE ${where}${rev} RETURNING 1`), values }
}

/** Others may check the same row meanwhile, and nobody may change it. */
function checkSql(table: DeclaredTable, change: Extract<CheckedChange, { do: 'check' }>): Statement {
  const sql = textOnce(checks, table, () => {
    const where = `${allEqual(table.key)} AND "rev" = $${table.key.length + 1}`
    return one(`SELECT 1 FROM ${quoted(table.name)} WHERE ${where} FOR SHARE`)
  })
  return { sql, values: [...change.key.map(toSql), change.rev] }
}

function appendSql(log: DeclaredLog, group: Group): Statement {
  const { columns } = log
  const sql = rowsText(log, group.length, (rows) => {
    return `INSERT INTO ${quoted(log.name)} (${listed(columns)}) VALUES ${places(columns.length, rows)}`
  })
  return { sql, values: group.flatMap((change) => valuesOf(log, change)) }
}

function valuesOf({ columns }: DeclaredLog, change: CheckedChange): SqlValue[] {
  const row: Row = 'row' in change ? change.row : {}
  return columns.map(({ name }) => toSql(row[name] ?? null))
}

const places = (columns: number, rows: number): string =>
  Array.from({ length: rows }, (_, row) => `(${marks(columns, row * columns)})`).join(', ')

const texts = new WeakMap<DeclaredLog, Map<number, string>>()

function rowsText(owner: DeclaredLog, rows: number, make: (rows: number) => string): string {
  const known = texts.get(owner) ?? new Map<number, string>()
  texts.set(owner, known)
  const text = known.get(rows) ?? make(rows)
  known.set(rows, text)
  return text
}

interface Guard {
  readonly when: readonly Condition[]
  readonly mark: (value: SqlValue) => string
}

const conditionSql = { eq: 'IS NOT DISTINCT FROM', gte: '>=', lte: '<=' } as const

function guarded(
  table: DeclaredTable,
  key: readonly (string | number | boolean | Uint8Array | null)[],
  { when, mark }: Guard,
): string {
  const ofKey = table.key.map(({ name }, at) => `${quoted(name)} = ${mark(toSql(key[at] ?? null))}`)
  const ofRow = when.map(
    ({ column, is, value }) => `${quoted(column)} ${conditionSql[is]} ${mark(toSql(value))}`,
  )
  return [...ofKey, ...ofRow].join(' AND ')
}
