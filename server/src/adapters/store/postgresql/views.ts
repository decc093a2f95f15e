import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import type { Schema, Shown } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { type DeclaredView, declaredViews } from '../shared/declared-view.ts'
import { conditionSql } from './migration-sql.ts'
import { literal } from './table-sql.ts'

/** The views that a schema declares, by name: the statement that makes each. Throws `permanent`. */
export function viewStatements(schema: Schema): ReadonlyMap<string, string> {
  return new Map(declaredViews(schema).map((view) => [view.name, createViewSql(view)]))
}

/** What makes a view, and notes what it was made of. */
export const viewSql = ([name, statement]: readonly [string, string]): string[] => [
  statement,
  noteSql(name, statement),
]

const madeHere = 'Made by Lading for people who query it; made anew where it differs.'
/** By `foundSql`, what the server says of a view or an index that was made by a statement. */
export const markOf = (statement: string): string =>
  createHash('sha256').update(statement).digest('hex').slice(0, 16)

/** To stand before every change of a table: one that a view shows could not lose a column. Views of others stay. */
export async function dropViewStatements(client: ClientBase): Promise<string[]> {
  return (await foundViews(client))
    .filter(({ note }) => note.startsWith(madeHere))
    .map(({ name }) => `DROP VIEW ${quoted(name)}`)
}

/** What makes the views of a database as they are declared; nothing where they are. Throws `permanent`. */
export async function viewChanges(client: ClientBase, schema: Schema): Promise<string[]> {
  const wanted = viewStatements(schema)
  const found = await foundViews(client)
  const right = new Set(
    found
      .filter(({ name, note, made }) => {
        const statement = wanted.get(name)
        return statement !== undefined && note === noteOf(statement, made)
      })
      .map(({ name }) => name),
  )
  const wrong = found.filter(
    ({ name, note }) => !right.has(name) && (wanted.has(name) || note.startsWith(madeHere)),
  )
  const missing = Array.from(wanted).filter(([name]) => !right.has(name))
  return [...wrong.map(({ name }) => `DROP VIEW ${quoted(name)}`), ...missing.flatMap(viewSql)]
}

interface FoundView {
  readonly name: string
  readonly note: string
  /** Of what the server has understood. */
  readonly made: string
}

async function foundViews(client: ClientBase): Promise<readonly FoundView[]> {
  const { rows } = await client.query<FoundView>(
    `SELECT relname::text AS name, coalesce(obj_description(oid, 'pg_class'), '') AS note,
        md5(pg_get_viewdef(oid)) AS made
      FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'v' ORDER BY 1`,
  )
  return rows
}

const noteOf = (statement: string, made: string): string => `${madeHere} ${markOf(statement)} ${made}`

/** What a view was made of and what it is now are both in its comment: whoever replaces it leaves that behind. */
function noteSql(name: string, statement: string): string {
  const note = `${madeHere} ${markOf(statement)} `
  const made = `md5(pg_get_viewdef(${literal(quoted(name))}::regclass))`
  return `DO $note$ BEGIN EXECUTE 'COMMENT ON VIEW ${quoted(name)} IS ' || quote_literal(${literal(note)} || ${made}); END $note$`
}

export function createViewSql({ name, table, where, columns }: DeclaredView): string {
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
    case 'time': {
      const moment = `to_timestamp(nullif(${column}, 0) / 1000.0) AT TIME ZONE 'UTC'`
      return `to_char(${moment}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    }
    case 'list': {
      const entry = shown.member === undefined ? `entry #>> '{}'` : `entry ->> ${literal(shown.member)}`
      const entries = `json_array_elements(${column}::json) WITH ORDINALITY AS part (entry, place)`
      return `(SELECT string_agg(${entry}, ', ' ORDER BY place) FROM ${entries})`
    }
  }
}
