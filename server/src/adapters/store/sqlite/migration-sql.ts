import type { DatabaseSync } from 'node:sqlite'
import type { MigrationStep, Value } from '../../../ports/store/table.ts'
import { declaredColumn, declaredLog, declaredTable } from '../shared/declared.ts'
import { keptValue } from '../shared/values.ts'
import {
  columnSql,
  createIndexSql,
  createLogSql,
  createTableSql,
  indexName,
  quoted,
  toSql,
} from './table-sql.ts'

/** The statements of one step. Throws `permanent` for a step that contradicts itself. */
export function migrationSql(db: DatabaseSync, step: MigrationStep): string[] {
  switch (step.do) {
    case 'createTable':
      return createTableSql(declaredTable(step.table))
    case 'createLog':
      return [createLogSql(declaredLog(step.log))]
    case 'addColumn': {
      const column = declaredColumn(step.table, step.column, step.type)
      const fill = literal(keptValue(step.table, column, step.fill))
      return [`ALTER TABLE ${quoted(step.table)} ADD COLUMN ${columnSql(column)} DEFAULT ${fill}`]
    }
    case 'addIndex': {
      const own = step.columns.map((name) => ({ name }))
      const key = keyOf(db, step.table).filter(({ name }) => !step.columns.includes(name))
      return [createIndexSql(step.table, step.index, [...own, ...key])]
    }
    case 'dropIndex':
      return [`DROP INDEX ${quoted(indexName(step.table, step.index))}`]
    case 'dropTable':
      return [`DROP TABLE ${quoted(step.table)}`]
  }
}

function keyOf(db: DatabaseSync, table: string): { name: string }[] {
  const key = db.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
  return key.all(table) as { name: string }[]
}

function literal(value: Value): string {
  const sql = toSql(value)
  if (sql === null) return 'NULL'
  if (typeof sql === 'number') return String(sql)
  if (typeof sql === 'string') return `'${sql.replaceAll("'", "''")}'`
  return `X'${Buffer.from(sql).toString('hex')}'`
}
