import type { ClientBase } from 'pg'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { refused } from '../shared/refuse.ts'
import { literal } from './table-sql.ts'

export interface KeptBeside {
  /** Of the schema of PostgreSQL that holds the copies. */
  readonly name: string
  readonly statements: readonly string[]
}

const madeHere = 'What Lading kept before it took its tables back; it is not used, and may be dropped.'
const longestName = 63

/**
 * What copies tables as they are into a schema beside their own, which is made anew: one of an earlier try is replaced. Throws
 * `permanent` where somebody else has a schema of its name.
 */
export async function keptBesideStatements(
  client: ClientBase,
  version: number,
  tables: readonly string[],
): Promise<KeptBeside> {
  const { rows } = await client.query<{ place: string }>('SELECT current_schema()::text AS place')
  const end = `_before_down_from_version_${version}`
  const name = `${rows[0]?.place ?? 'lading'}`.slice(0, longestName - end.length) + end
  const { rows: found } = await client.query<{ note: string | null }>(
    `SELECT obj_description(oid, 'pg_namespace') AS note FROM pg_namespace WHERE nspname = $1`,
    [name],
  )
  const [other] = found
  if (other !== undefined && other.note !== madeHere) {
    throw refused(`the schema ${name}, in which what goes would be kept, is somebody else's: rename it`)
  }
  return {
    name,
    statements: [
      `DROP SCHEMA IF EXISTS ${quoted(name)} CASCADE`,
      `CREATE SCHEMA ${quoted(name)}`,
      `COMMENT ON SCHEMA ${quoted(name)} IS ${literal(madeHere)}`,
      ...tables.map((table) => `CREATE TABLE ${quoted(name)}.${quoted(table)} AS TABLE ${quoted(table)}`),
    ],
  }
}
