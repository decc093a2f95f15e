import type { DatabaseSync } from 'node:sqlite'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { type Column, type DeclaredLog, type DeclaredTable, declared } from '../shared/declared.ts'
import { schemaAt } from '../shared/standing.ts'
import { indexName, positionColumn, sqlTypes } from './table-sql.ts'

const ownTables: ReadonlySet<string> = new Set(['_schema', '_group', '_batches'])

/**
 * What no schema declares and no migration makes: a trigger or a view would change or show rows on its own. To be asked
 * before the first change of a database, which may come out of a backup that somebody has had in their hands. Views of
 * declared names are none, whatever they show: nothing reads them, and they are made anew.
 */
export function strangers(db: DatabaseSync, { views = [] }: Pick<Schema, 'views'>): string[] {
  const ownViews = new Set(views.map(({ name }) => name))
  const found = db
    .prepare(
      `SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index')
        OR (type = 'table' AND (name GLOB '[_]*' OR sql LIKE 'CREATE VIRTUAL%'))`,
    )
    .all() as { type: string; name: string }[]
  const isOwn = ({ type, name }: (typeof found)[number]): boolean =>
    type === 'view' ? ownViews.has(name) : type === 'table' && ownTables.has(name)
  return found.filter((each) => !isOwn(each)).map(({ type, name }) => `${type} ${JSON.stringify(name)}`)
}

/** What is not as declared, one phrase each. Told from descriptions, since an altered table's own SQL text differs from a fresh one's. */
export function tableDifferences(db: DatabaseSync, schema: Schema): string[] {
  return allDifferences(declaredTraits(schema), foundTraits(db))
}

/** What the migrations of a schema make otherwise than it declares, one phrase each. Throws `permanent`. */
export function unmadeTables(schema: Schema): string[] {
  const made = schemaAt(schema, schemaVersion(schema))
  return allDifferences(declaredTraits(schema), declaredTraits(made))
}

type Traits = ReadonlyMap<string, string[]>

function declaredTraits(schema: Schema): Traits {
  const { tables, logs } = declared(schema)
  const traits = new Map<string, string[]>()
  for (const table of tables.values()) traits.set(table.name, tableTraits(table))
  for (const log of logs.values()) traits.set(log.name, logTraits(log))
  return traits
}

function allDifferences(wanted: Traits, found: Traits): string[] {
  const names = new Set([...wanted.keys(), ...found.keys()])
  return Array.from(names).flatMap((name) => differences(name, wanted.get(name), found.get(name)))
}

function differences(name: string, wanted: string[] | undefined, found: string[] | undefined): string[] {
  if (wanted === undefined) return [`table ${name} is not declared`]
  if (found === undefined) return [`table ${name} is missing`]
  const missing = wanted.filter((trait) => !found.includes(trait))
  const extra = found.filter((trait) => !wanted.includes(trait))
  return [
    ...missing.map((trait) => `table ${name} lacks ${trait}`),
    ...extra.map((trait) => `table ${name} has ${trait}, which is not declared`),
  ]
}

function tableTraits(table: DeclaredTable): string[] {
  const rev: Column = { name: 'rev', type: 'text', nullable: false }
  const indexes = Array.from(table.indexes).filter(([name]) => name !== 'key')
  return [
    ...[...table.columns, rev].map((column) => columnTrait(column, table.key.indexOf(column) + 1)),
    ...Array.from(table.unique, ([name, columns]) => indexTrait(indexName(table.name, name), columns, true)),
    ...indexes.map(([name, columns]) => indexTrait(indexName(table.name, name), columns, false)),
  ]
}

function logTraits(log: DeclaredLog): string[] {
  const position: Column = { name: positionColumn, type: 'integer', nullable: false }
  return [columnTrait(position, 1), ...log.columns.map((column) => columnTrait(column, 0))]
}

function columnTrait({ name, type, nullable }: Column, placeInKey: number): string {
  return column(name, sqlTypes[type], nullable, placeInKey)
}

function column(name: string, type: string, nullable: boolean, placeInKey: number): string {
  const key = placeInKey === 0 ? '' : `, ${placeInKey}. of the key`
  return `column ${name} (${type}${nullable && placeInKey === 0 ? ' or null' : ''}${key})`
}

function indexTrait(name: string, columns: readonly { readonly name: string }[], unique: boolean): string {
  return `${unique ? 'unique key' : 'index'} ${name} (${columns.map((each) => each.name).join(', ')})`
}

function foundTraits(db: DatabaseSync): Traits {
  const traits = new Map<string, string[]>()
  const tables = db.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite[_]*'`,
  )
  for (const { name } of tables.all() as { name: string }[]) {
    if (!name.startsWith('_')) traits.set(name, [...foundColumns(db, name), ...foundIndexes(db, name)])
  }
  return traits
}

function foundColumns(db: DatabaseSync, table: string): string[] {
  const rows = db.prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?)').all(table) as {
    name: string
    type: string
    notnull: number
    pk: number
  }[]
  return rows.map((row) => column(row.name, row.type, row.notnull === 0, row.pk))
}

/** `origin` c: made by CREATE INDEX, unlike those of primary keys. */
function foundIndexes(db: DatabaseSync, table: string): string[] {
  const list = db.prepare(`SELECT name, "unique" FROM pragma_index_list(?) WHERE origin = 'c'`).all(table)
  return (list as { name: string; unique: number }[]).map(({ name, unique }) => {
    const columns = db.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').all(name)
    return indexTrait(name, columns as { name: string }[], unique === 1)
  })
}
