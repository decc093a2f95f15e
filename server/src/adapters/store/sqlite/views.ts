import type { DatabaseSync } from 'node:sqlite'
import type { Schema, Shown } from '../../../ports/store/table.ts'
import { type DeclaredView, declaredViews } from '../shared/declared-view.ts'
import { conditionSql, literal } from './migration-sql.ts'
import { quoted } from './table-sql.ts'

/** The views that a schema declares, by name: the statement that makes each. Throws `permanent`. */
export function viewStatements(schema: Schema): ReadonlyMap<string, string> {
  return new Map(declaredViews(schema).map((view) => [view.name, createViewSql(view)]))
}

/** To stand before every change of a table: one that a view shows could not lose a column. */
export function dropViewStatements({ views = [] }: Pick<Schema, 'views'>): string[] {
  return views.map(({ name }) => `DROP VIEW IF EXISTS ${quoted(name)}`)
}

/** What makes the views of a database as they are declared; nothing where they are. Throws `permanent`. */
export function viewChanges(db: DatabaseSync, schema: Schema): string[] {
  const wanted = viewStatements(schema)
  const rows = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'view'`).all()
  const found = new Map(rows.map(({ name, sql }) => [String(name), String(sql)]))
  return Array.from(wanted)
    .filter(([name, sql]) => found.get(name) !== sql)
    .flatMap(([name, sql]) => [`DROP VIEW IF EXISTS ${quoted(name)}`, sql])
}

/** The database keeps this text as it is, and people read it there. */
function createViewSql({ name, table, where, columns }: DeclaredView): string {
  const shown = columns.map((column) => `${shownSql(column.shown)} AS ${quoted(column.name)}`)
  const conditions = where.map(([column, value]) => conditionSql(column.name, value))
  return [
    `CREATE VIEW ${quoted(name)} AS`,
    `SELECT\n  ${shown.join(',\n  ')}`,
    `FROM ${quoted(table.name)}`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`]),
  ].join('\n')
}

function shownSql(shown: Shown): string {
  const column = quoted(shown.column)
  switch (shown.as) {
    case 'kept':
      return column
    case 'time':
      return `strftime('%Y-%m-%dT%H:%M:%fZ', nullif(${column}, 0) / 1000.0, 'unixepoch')`
    case 'list': {
      // Of what every SQLite of the last years knows: one view that it does not understand keeps it from the whole database.
      const value =
        shown.member === undefined ? 'value' : `json_extract(value, ${literal(`$.${shown.member}`)})`
      return `(SELECT group_concat(entry, ', ') FROM (SELECT ${value} AS entry FROM json_each(${column}) ORDER BY key))`
    }
  }
}
