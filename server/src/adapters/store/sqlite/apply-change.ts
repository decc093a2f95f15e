import type { Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch, CheckedChange } from '../shared/checked-batch.ts'
import type { Column, Declared, DeclaredLog, DeclaredTable } from '../shared/declared.ts'
import {
  appendSql,
  insertSql,
  patchSql,
  putSql,
  removeSql,
  revisionSql,
  type Statement,
} from './change-sql.ts'
import { extendedCode, sqliteCodes } from './connection.ts'
import type { Statements } from './statements.ts'
import { allEqual, listed, quoted, type SqlValue, toSql } from './table-sql.ts'

type RowChange = Exclude<CheckedChange, { do: 'append' }>
type Failure = Exclude<Outcome, { ok: true }>

/** Makes one change inside the caller's savepoint, or answers which guard failed. Throws what SQLite throws. */
export function applyChange(
  schema: Declared,
  statements: Statements,
  change: CheckedChange,
  rev: CheckedBatch['id'],
): Failure | undefined {
  if (change.do === 'append') {
    run(statements, appendSql(schema.logs.get(change.log) as DeclaredLog, change))
    return undefined
  }
  const table = schema.tables.get(change.table) as DeclaredTable
  if (change.do === 'insert') {
    return run(statements, insertSql(table, change, rev)) === 1
      ? undefined
      : exists(table, statements, change)
  }
  if (change.do === 'check') {
    const why = unmetGuard(table, statements, change)
    return why === 'when' ? undefined : failure(change, why)
  }
  try {
    const changed = run(statements, guarded(table, change, rev))
    return changed === 1 ? undefined : failure(change, unmetGuard(table, statements, change))
  } catch (error) {
    if (extendedCode(error) !== sqliteCodes.uniqueConstraint) throw error
    return exists(table, statements, change)
  }
}

function guarded(
  table: DeclaredTable,
  change: Exclude<RowChange, { do: 'insert' | 'check' }>,
  rev: CheckedBatch['id'],
): Statement {
  switch (change.do) {
    case 'put':
      return putSql(table, change, rev)
    case 'patch':
      return patchSql(table, change, rev)
    case 'remove':
      return removeSql(table, change)
  }
}

/** Which guard kept the change from its row; the conditions, where neither absence nor revision did. */
function unmetGuard(
  table: DeclaredTable,
  statements: Statements,
  change: Exclude<RowChange, { do: 'insert' }>,
): Failure['why'] {
  const { sql, values } = revisionSql(table, change)
  const found = statements.row(sql, values)
  if (found === undefined) return 'missing'
  return change.do !== 'patch' && change.rev !== undefined && change.rev !== found[0] ? 'rev' : 'when'
}

const failure = (change: RowChange, why: Failure['why']): Failure => ({ ok: false, change: change.at, why })

/** SQLite says that a unique key stood in the way, not which: look for another row under each. */
function exists(
  table: DeclaredTable,
  statements: Statements,
  change: Exclude<RowChange, { do: 'check' }>,
): Failure {
  const { sql, values } = revisionSql(table, change)
  if (change.do === 'insert' && statements.row(sql, values) !== undefined) return failure(change, 'exists')
  for (const [uniqueKey, columns] of table.unique) {
    const wanted = wantedValues(table, statements, change, columns)
    const others = `${allEqual(columns)} AND NOT (${allEqual(table.key)})`
    const holder = `SELECT 1 FROM ${quoted(table.name)} WHERE ${others}`
    const taken = statements.row(holder, [...wanted, ...change.key.map(toSql)]) !== undefined
    if (taken) return { ...failure(change, 'exists'), uniqueKey }
  }
  throw new Error(`${table.name}: a row exists and is not found`)
}

/** What the change would have put into these columns; a patch keeps those that it does not set. */
function wantedValues(
  table: DeclaredTable,
  statements: Statements,
  change: Exclude<RowChange, { do: 'check' }>,
  columns: readonly Column[],
): SqlValue[] {
  if ('row' in change) return columns.map(({ name }) => toSql(change.row[name]))
  const set = new Map(change.do === 'patch' ? change.set : [])
  const sql = `SELECT ${listed(columns)} FROM ${quoted(table.name)} WHERE ${allEqual(table.key)}`
  const own = statements.row(sql, change.key.map(toSql)) ?? []
  return columns.map(({ name }, at) => {
    const value = set.get(name)
    return value === undefined ? (own[at] ?? null) : toSql(value)
  })
}

const run = (statements: Statements, { sql, values }: Statement): number => statements.run(sql, values)
