import type { MigrationStep, Value } from '../../../ports/store/table.ts'
import { declaredColumn, declaredLog, declaredTable } from '../shared/declared.ts'
import { afterStep, type Standing, tableOf } from '../shared/standing.ts'
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

export interface StepSql {
  readonly step: MigrationStep
  readonly statements: readonly string[]
}

/** The statements of steps that follow each other, from what stands `before` them. Throws `permanent` where they contradict it. */
export function migrationSql(before: Standing, steps: readonly MigrationStep[]): readonly StepSql[] {
  let standing = before
  return steps.map((step) => {
    standing = afterStep(standing, step)
    return { step, statements: stepSql(standing, step) }
  })
}

function stepSql(after: Standing, step: MigrationStep): string[] {
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
    case 'dropColumn':
      return [`ALTER TABLE ${quoted(step.table)} DROP COLUMN ${quoted(step.column)}`]
    case 'addIndex': {
      const order = declaredTable(tableOf(after, step.table)).indexes.get(step.index) ?? []
      return [createIndexSql(step.table, step.index, order)]
    }
    case 'dropIndex':
      return [`DROP INDEX ${quoted(indexName(step.table, step.index))}`]
    case 'dropTable':
      return [`DROP TABLE ${quoted(step.table)}`]
    case 'dropLog':
      return [`DROP TABLE ${quoted(step.log)}`]
    case 'removeRows': {
      const { name, byName } = declaredTable(tableOf(after, step.table))
      const conditions = Object.entries(step.where).map(([column, value]) => {
        const known = byName.get(column)
        return conditionSql(column, known === undefined ? value : keptValue(name, known, value))
      })
      return [`DELETE FROM ${quoted(name)} WHERE ${conditions.join(' AND ') || 'TRUE'}`]
    }
  }
}

export function conditionSql(column: string, value: Value): string {
  return value === null ? `${quoted(column)} IS NULL` : `${quoted(column)} = ${literal(value)}`
}

/** A value as it stands in a statement. */
export function literal(value: Value): string {
  const sql = toSql(value)
  if (sql === null) return 'NULL'
  if (typeof sql === 'number') return String(sql)
  if (typeof sql === 'string') return `'${sql.replaceAll("'", "''")}'`
  return `X'${Buffer.from(sql).toString('hex')}'`
}
