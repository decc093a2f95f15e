import type { ColumnType, Log, Migration, MigrationStep, Schema, Table } from '../../../ports/store/table.ts'
import { refused } from './refuse.ts'

type StandingTable = { readonly is: 'table'; readonly table: Table }
type StandingLog = { readonly is: 'log'; readonly log: Log }

/** The tables and logs that some steps have made, by name. */
export type Standing = ReadonlyMap<string, StandingTable | StandingLog>

export const nothing: Standing = new Map()

/** What the first migrations make. Throws `permanent` where a step contradicts those before it. */
export function standingAt({ migrations }: Pick<Schema, 'migrations'>, version: number): Standing {
  return migrations.slice(0, version).reduce(afterMigration, nothing)
}

function afterMigration(before: Standing, { version, name, steps }: Migration): Standing {
  try {
    return steps.reduce(afterStep, before)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw refused(`migration ${version} (${name}) contradicts what stands before it: ${reason}`)
  }
}

/** The schema as a release declared it that stood at this version. It has no views. Throws `permanent`. */
export function schemaAt(schema: Schema, version: number): Schema {
  const standing = [...standingAt(schema, version).values()]
  return {
    tables: standing.flatMap((each) => (each.is === 'table' ? [each.table] : [])),
    logs: standing.flatMap((each) => (each.is === 'log' ? [each.log] : [])),
    migrations: schema.migrations.slice(0, version),
  }
}

/** Throws `permanent`. */
export function afterStep(before: Standing, step: MigrationStep): Standing {
  switch (step.do) {
    case 'createTable':
      return made(before, step.table.name, { is: 'table', table: step.table })
    case 'createLog':
      return made(before, step.log.name, { is: 'log', log: step.log })
    case 'dropTable':
      return without(before, tableOf(before, step.table).name)
    case 'dropLog':
      return without(before, logOf(before, step.log).name)
    case 'addColumn': {
      const { columns } = columnsOf(before, step.table)
      if (step.column in columns) throw refused(`${step.table} has a column ${step.column} already`)
      return withColumns(before, step.table, { ...columns, [step.column]: step.type })
    }
    case 'dropColumn': {
      refuseNeeded(before, step.table, step.column)
      const { [step.column]: _gone, ...columns } = columnsOf(before, step.table).columns
      return withColumns(before, step.table, columns)
    }
    case 'addIndex': {
      const table = tableOf(before, step.table)
      if (step.index in { ...table.indexes, ...table.unique }) {
        throw refused(`table ${table.name} has an index ${step.index} already`)
      }
      return withIndexes(before, table, { ...table.indexes, [step.index]: step.columns })
    }
    case 'dropIndex': {
      const table = tableOf(before, step.table)
      indexOf(table, step.index)
      const { [step.index]: _gone, ...indexes } = table.indexes ?? {}
      return withIndexes(before, table, indexes)
    }
    case 'removeRows':
      tableOf(before, step.table)
      for (const column of Object.keys(step.where)) typeOf(before, step.table, column)
      return before
  }
}

/** The step that leads back; undefined where there is nothing to take back. Throws `permanent`. */
export function inverseOf(before: Standing, step: MigrationStep): MigrationStep | undefined {
  switch (step.do) {
    case 'createTable':
      return { do: 'dropTable', table: step.table.name }
    case 'createLog':
      return { do: 'dropLog', log: step.log.name }
    case 'dropTable':
      return { do: 'createTable', table: tableOf(before, step.table) }
    case 'dropLog':
      return { do: 'createLog', log: logOf(before, step.log) }
    case 'addColumn':
      return { do: 'dropColumn', table: step.table, column: step.column, fill: step.fill }
    case 'dropColumn': {
      const { table, column, fill } = step
      return { do: 'addColumn', table, column, type: typeOf(before, table, column), fill }
    }
    case 'addIndex':
      return { do: 'dropIndex', table: step.table, index: step.index }
    case 'dropIndex': {
      const { table, index } = step
      return { do: 'addIndex', table, index, columns: indexOf(tableOf(before, table), index) }
    }
    case 'removeRows':
      return undefined
  }
}

/** The steps that take these back, in their order. Throws `permanent`. */
export function inversesOf(before: Standing, steps: readonly MigrationStep[]): readonly MigrationStep[] {
  let standing = before
  const inverses = steps.flatMap((step) => {
    const inverse = inverseOf(standing, step)
    standing = afterStep(standing, step)
    return inverse === undefined ? [] : [inverse]
  })
  return inverses.reverse()
}

export function tableOf(standing: Standing, name: string): Table {
  const found = standing.get(name)
  if (found?.is !== 'table') throw refused(`there is no table ${name}`)
  return found.table
}

function logOf(standing: Standing, name: string): Log {
  const found = standing.get(name)
  if (found?.is !== 'log') throw refused(`there is no log ${name}`)
  return found.log
}

function columnsOf(standing: Standing, name: string): Log {
  return standing.get(name)?.is === 'log' ? logOf(standing, name) : tableOf(standing, name)
}

/** Throws `permanent`. */
export function typeOf(standing: Standing, table: string, column: string): ColumnType {
  const type = columnsOf(standing, table).columns[column]
  if (type === undefined) throw refused(`there is no column ${table}.${column}`)
  return type
}

function indexOf({ name, indexes }: Table, index: string): readonly string[] {
  const columns = indexes?.[index]
  if (columns === undefined) throw refused(`there is no index ${index} of table ${name}`)
  return columns
}

function refuseNeeded(standing: Standing, name: string, column: string): void {
  typeOf(standing, name, column)
  if (standing.get(name)?.is === 'log') return
  const { key, unique = {}, indexes = {} } = tableOf(standing, name)
  const orders = { 'the primary key': key, ...unique, ...indexes }
  const needing = Object.entries(orders).find(([, columns]) => columns.includes(column))
  if (needing === undefined) return
  throw refused(`column ${name}.${column} cannot go: ${needing[0]} is made of it`)
}

function made(before: Standing, name: string, thing: StandingTable | StandingLog): Standing {
  if (before.has(name)) throw refused(`${name} is there already`)
  return new Map(before).set(name, thing)
}

function without(before: Standing, name: string): Standing {
  const after = new Map(before)
  after.delete(name)
  return after
}

function withColumns(before: Standing, name: string, columns: Log['columns']): Standing {
  const found = before.get(name)
  return new Map(before).set(
    name,
    found?.is === 'log'
      ? { is: 'log', log: { ...found.log, columns } }
      : { is: 'table', table: { ...tableOf(before, name), columns } },
  )
}

function withIndexes(
  before: Standing,
  table: Table,
  indexes: Readonly<Record<string, readonly string[]>>,
): Standing {
  return new Map(before).set(table.name, { is: 'table', table: { ...table, indexes } })
}
