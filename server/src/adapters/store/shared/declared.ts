import type { ColumnType, Log, Schema, Table } from '../../../ports/store/table.ts'
import { refused } from './refuse.ts'

export type BaseType = 'text' | 'integer' | 'real' | 'boolean' | 'bytes'

export interface Column {
  readonly name: string
  readonly type: BaseType
  readonly nullable: boolean
}

export interface DeclaredLog {
  readonly name: string
  readonly columns: readonly Column[]
  readonly byName: ReadonlyMap<string, Column>
}

/** A table's declaration, checked once and laid out for look-ups. */
export interface DeclaredTable extends DeclaredLog {
  readonly key: readonly Column[]
  readonly unique: ReadonlyMap<string, readonly Column[]>
  /** Whole orders: each ends in the columns of the primary key. `'key'` is among them. */
  readonly indexes: ReadonlyMap<string, readonly Column[]>
}

export interface Declared {
  readonly tables: ReadonlyMap<string, DeclaredTable>
  readonly logs: ReadonlyMap<string, DeclaredLog>
}

const seen = new WeakMap<Schema, Declared>()

/** Checks a schema and lays it out. Kept by schema, since a test may open thousands of stores of one. Throws `permanent`. */
export function declared(schema: Schema): Declared {
  const known = seen.get(schema)
  if (known !== undefined) return known
  const names = schema.tables.concat(schema.logs as Table[]).map((each) => each.name)
  refuseTwins('the schema', names)
  const fresh: Declared = {
    tables: new Map(schema.tables.map((table) => [table.name, declaredTable(table)])),
    logs: new Map(schema.logs.map((log) => [log.name, declaredLog(log)])),
  }
  seen.set(schema, fresh)
  return fresh
}

export function declaredTable(table: Table): DeclaredTable {
  const { name, columns, byName } = declaredLog(table)
  if (byName.has('rev')) throw refused(`table ${name}: the column name rev is taken by the revision`)
  const key = keyColumns(name, 'the primary key', byName, table.key)
  const unique = new Map<string, readonly Column[]>()
  for (const [uniqueName, list] of Object.entries(table.unique ?? {})) {
    checkName(`unique key of table ${name}`, uniqueName)
    unique.set(uniqueName, keyColumns(name, `unique key ${uniqueName}`, byName, list))
  }
  const indexes = new Map<string, readonly Column[]>([['key', key]])
  for (const [indexName, list] of Object.entries(table.indexes ?? {})) {
    checkName(`index of table ${name}`, indexName)
    if (indexName === 'key') throw refused(`table ${name}: the index name key is taken by the primary key`)
    const own = keyColumns(name, `index ${indexName}`, byName, list)
    indexes.set(indexName, [...own, ...key.filter((column) => !own.includes(column))])
  }
  refuseTwins(`table ${name}`, [...unique.keys(), ...indexes.keys()])
  return { name, columns, byName, key, unique, indexes }
}

export function declaredLog(log: Log): DeclaredLog {
  checkName('table or log', log.name)
  const columns = Object.entries(log.columns).map(([name, type]) => declaredColumn(log.name, name, type))
  if (columns.length === 0) throw refused(`${log.name} declares no columns`)
  refuseTwins(log.name, Object.keys(log.columns))
  return { name: log.name, columns, byName: new Map(columns.map((column) => [column.name, column])) }
}

export function declaredColumn(owner: string, name: string, type: ColumnType): Column {
  checkName(`column of ${owner}`, name)
  const nullable = type.endsWith('?')
  return { name, nullable, type: (nullable ? type.slice(0, -1) : type) as BaseType }
}

function keyColumns(
  table: string,
  what: string,
  byName: ReadonlyMap<string, Column>,
  names: readonly string[],
): readonly Column[] {
  if (names.length === 0) throw refused(`table ${table}: ${what} names no column`)
  return names.map((name) => {
    const column = byName.get(name)
    if (column === undefined) throw refused(`table ${table}: ${what} names ${name}, which is no column`)
    if (column.nullable) throw refused(`table ${table}: ${what} names ${name}, which may be null`)
    return column
  })
}

/** Names that every engine can quote, and that mean nothing to JavaScript's objects. */
export function checkName(what: string, name: string): void {
  if (!/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/.test(name))
    throw refused(`${JSON.stringify(name)} cannot name a ${what}`)
}

/** SQL engines may compare names without regard to case. */
export function refuseTwins(owner: string, names: readonly string[]): void {
  const lower = new Set<string>()
  for (const name of names) {
    if (lower.has(name.toLowerCase())) throw refused(`${owner} has two things named ${name}`)
    lower.add(name.toLowerCase())
  }
}

/** Throws `permanent`: it has none of that name. */
export function columnsNamed({ name, byName }: DeclaredTable, names: readonly string[]): readonly Column[] {
  return names.map((one) => {
    const column = byName.get(one)
    if (column === undefined) throw refused(`table ${name} has no column ${JSON.stringify(one)}`)
    return column
  })
}
