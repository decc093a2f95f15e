import type { ClientBase } from 'pg'
import type { Schema, Table } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { declaredTable } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { literal, searchName } from './table-sql.ts'
import { markOf } from './views.ts'

/** Of each row's searched text; more would be refused by the server, and with it the row. In characters. */
export const searchedCharacters = 100_000

/** Columns that people search, as one text. */
export function searchedText({ searched = [] }: Pick<Table, 'searched'>): string {
  const parts = searched.map((column) => `coalesce(${quoted(column)}, '')`)
  return `left(${parts.join(" || ' ' || ")}, ${searchedCharacters})`
}

/** What the index of words holds. A query uses it only by exactly this expression. */
export const searchedWords = (table: Pick<Table, 'searched'>): string =>
  `to_tsvector('simple'::regconfig, ${searchedText(table)})`

interface SearchIndex {
  readonly name: string
  readonly sql: string
}

export interface SearchChanges {
  /** In order. Each outside of a transaction where it is made beside those who write. */
  readonly statements: readonly string[]
  /** What people should know, one sentence each. */
  readonly warnings: readonly string[]
}

/**
 * What makes the indexes for search as they are declared; nothing where they are. `beside`: without holding up those who
 * write. Makes the extension that some of them need, where that may be done. Throws `permanent`.
 */
export async function searchChanges(
  client: ClientBase,
  schema: Schema,
  beside: boolean,
): Promise<SearchChanges> {
  const tables = schema.tables.filter(({ searched = [] }) => searched.length > 0)
  for (const table of tables) checkSearched(table)
  const trigrams = tables.length === 0 ? undefined : await trigramClass(client)
  const how = beside ? ' CONCURRENTLY' : ''
  const wanted = new Map(
    tables.flatMap((table) => indexesOf(table, trigrams)).map((index) => [index.name, index.sql]),
  )
  const found = await foundIndexes(client)
  const isRight = ({ name, note, made }: FoundIndex): boolean => {
    const sql = wanted.get(name)
    return sql !== undefined && note === noteOf(sql, made)
  }
  const right = new Set(found.filter(isRight).map(({ name }) => name))
  return {
    statements: [
      ...found.filter(({ name }) => !right.has(name)).map(({ name }) => `DROP INDEX${how} ${quoted(name)}`),
      ...Array.from(wanted)
        .filter(([name]) => !right.has(name))
        .flatMap(([name, sql]) => [sql.replace('CREATE INDEX', `CREATE INDEX${how}`), noteSql(name, sql)]),
    ],
    warnings: tables.length > 0 && trigrams === undefined ? [withoutTrigrams] : [],
  }
}

const withoutTrigrams =
  'search finds no parts of words and no misspelt ones: have an administrator run CREATE EXTENSION pg_trgm in the database'

function checkSearched(table: Table): void {
  const { name, byName } = declaredTable(table)
  const wrong = table.searched?.find((column) => byName.get(column)?.type !== 'text')
  if (wrong !== undefined) throw refused(`table ${name}: what is searched names ${wrong}, which is no text`)
}

function indexesOf(table: Table, trigrams: string | undefined): SearchIndex[] {
  const index = (kind: string, parts: string): SearchIndex => {
    const name = searchName(table.name, kind)
    return { name, sql: `CREATE INDEX ${quoted(name)} ON ${quoted(table.name)} USING gin (${parts})` }
  }
  const words = index('words', searchedWords(table))
  if (trigrams === undefined) return [words]
  const columns = (table.searched ?? []).map((column) => `${quoted(column)} ${trigrams}`)
  return [words, index('parts', columns.join(', '))]
}

/** With its schema, which need not be on the path. undefined where the extension cannot be had. */
async function trigramClass(client: ClientBase): Promise<string | undefined> {
  const found = await extensionSchema(client)
  if (found !== undefined) return `${quoted(found)}.gin_trgm_ops`
  const { rows } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'public'`)
  // Not in a schema of ours: it is the database's, and would go with that.
  const where = rows.length > 0 ? ' SCHEMA public' : ''
  try {
    await client.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm${where}`)
  } catch (error) {
    // Lacking rights or the extension's files; or somebody made it at the same time.
    if (typeof (error as { code?: unknown }).code !== 'string') throw error
  }
  const made = await extensionSchema(client)
  return made === undefined ? undefined : `${quoted(made)}.gin_trgm_ops`
}

async function extensionSchema(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ place: string }>(
    `SELECT extnamespace::regnamespace::text AS place FROM pg_extension WHERE extname = 'pg_trgm'`,
  )
  return rows[0]?.place
}

interface FoundIndex {
  readonly name: string
  readonly note: string
  readonly made: string
}

const madeHere = 'Made by Lading for search; made anew where it differs.'
const noteOf = (sql: string, made: string): string => `${madeHere} ${markOf(sql)} ${made}`

/** One that was not made to its end is never right, since it has no comment. */
async function foundIndexes(client: ClientBase): Promise<readonly FoundIndex[]> {
  const { rows } = await client.query<FoundIndex>(
    `SELECT made.relname::text AS name, coalesce(obj_description(made.oid, 'pg_class'), '') AS note,
        md5(pg_get_indexdef(made.oid)) AS made
      FROM pg_index JOIN pg_class made ON made.oid = indexrelid JOIN pg_class ours ON ours.oid = indrelid
      WHERE ours.relnamespace = quote_ident(current_schema())::regnamespace
        AND starts_with(made.relname, left(ours.relname, 48) || '_s_') ORDER BY 1`,
  )
  return rows
}

function noteSql(name: string, sql: string): string {
  const note = `${madeHere} ${markOf(sql)} `
  const made = `md5(pg_get_indexdef(${literal(quoted(name))}::regclass))`
  return `DO $note$ BEGIN EXECUTE 'COMMENT ON INDEX ${quoted(name)} IS ' || quote_literal(${literal(note)} || ${made}); END $note$`
}
