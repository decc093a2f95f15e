import type { Schema, Shown, Value, View } from '../../../ports/store/table.ts'
import { type Column, checkName, type DeclaredTable, declared, refuseTwins } from './declared.ts'
import { refused } from './refuse.ts'
import { keptValue } from './values.ts'

/** A view's declaration, checked once and laid out. */
export interface DeclaredView {
  readonly name: string
  readonly table: DeclaredTable
  readonly where: readonly (readonly [Column, Value])[]
  readonly columns: readonly { readonly name: string; readonly shown: Shown; readonly column: Column }[]
}

/** Throws `permanent` where a view names what its table has not. */
export function declaredViews(schema: Schema): readonly DeclaredView[] {
  const { tables } = declared(schema)
  const { logs, views = [] } = schema
  refuseTwins(
    'the schema',
    [...tables.values(), ...logs, ...views].map(({ name }) => name),
  )
  return views.map((view) => {
    const table = tables.get(view.of)
    if (table === undefined) throw refused(`view ${view.name} is of ${view.of}, which is no table`)
    return declaredView(view, table)
  })
}

function declaredView({ name, where, columns }: View, table: DeclaredTable): DeclaredView {
  checkName('view', name)
  refuseTwins(`view ${name}`, Object.keys(columns))
  return {
    name,
    table,
    where: Object.entries(where).map(([columnName, value]) => {
      const column = columnOf(name, table, columnName)
      return [column, keptValue(table.name, column, value)]
    }),
    columns: Object.entries(columns).map(([shownName, shown]) => {
      checkName(`column of view ${name}`, shownName)
      return { name: shownName, shown, column: shownColumn(name, table, shown) }
    }),
  }
}

const shownTypes = { time: 'integer', list: 'text' } as const

function shownColumn(view: string, table: DeclaredTable, shown: Shown): Column {
  const column = columnOf(view, table, shown.column)
  if (shown.as === 'kept' || column.type === shownTypes[shown.as]) return column
  throw refused(`view ${view} shows ${column.name} as a ${shown.as}, which is ${column.type}`)
}

function columnOf(view: string, table: DeclaredTable, name: string): Column {
  const column = table.byName.get(name)
  if (column === undefined) throw refused(`view ${view} shows ${table.name}.${name}, which is no column`)
  return column
}
