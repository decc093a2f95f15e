import type { MigrationStep, Value } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { declaredColumn, declaredLog, declaredTable } from '../shared/declared.ts'
import { afterStep, type Standing, tableOf } from '../shared/standing.ts'
import { keptValue } from '../shared/values.ts'
import {
  columnSql,
  createIndexSql,
  createLogSql,
  createTableSql,
  indexName,
  literal,
  rangeSql,
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
    case 'addColumn':
      return [addColumnSql(step)]
    case 'dropColumn':
      return [`ALTER TABLE ${quoted(step.table)} DROP COLUMN ${quoted(step.column)}`]
    case 'addIndex':
      return [addIndexSql(after, step)]
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

type StepOf<D extends MigrationStep['do']> = Extract<MigrationStep, { do: D }>

/**
 * The default stays: an older release that is still at work inserts without the column. Rows that are there hold what they
 * are filled with, so that nobody has to read them all for the sake of the range.
 */
function addColumnSql({ table, column: name, type, fill }: StepOf<'addColumn'>): string {
  const column = declaredColumn(table, name, type)
  const filled = literal(keptValue(table, column, fill))
  const range = rangeSql(table, column)
  return [
    `ALTER TABLE ${quoted(table)} ADD COLUMN ${columnSql(column)} DEFAULT ${filled}`,
    ...(range === undefined ? [] : [`ADD ${range} NOT VALID`]),
  ].join(', ')
}

export function addIndexSql(after: Standing, { table, index }: StepOf<'addIndex'>): string {
  const order = declaredTable(tableOf(after, table)).indexes.get(index) ?? []
  return createIndexSql(table, index, order)
}

/** What lets this release insert without a column that an older one still needs. */
export function keepColumnSql({ table, column, fill }: StepOf<'dropColumn'>): string {
  return `ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoted(column)} SET DEFAULT ${literal(fill)}`
}

export function conditionSql(column: string, value: Value): string {
  return value === null ? `${quoted(column)} IS NULL` : `${quoted(column)} = ${literal(value)}`
}
