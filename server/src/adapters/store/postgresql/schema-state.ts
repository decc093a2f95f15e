import type { ClientBase } from 'pg'
import { refused } from '../shared/refuse.ts'
import type { Progress } from './standing-phases.ts'
import { literal, ownTablesSql } from './table-sql.ts'

export interface SchemaState extends Progress {
  /** A restore has begun here, and has not ended. */
  readonly restoring: boolean
}

/** undefined where Lading has made nothing yet. */
export async function readState(client: ClientBase): Promise<SchemaState | undefined> {
  const { rows: found } = await client.query<{ made: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace
      AND relname = 'lading_state' AND relkind = 'r') AS made`,
  )
  if (found[0]?.made !== true) return undefined
  const { rows } = await client.query<{ name: string; value: string }>('SELECT name, value FROM lading_state')
  const values = new Map(rows.map(({ name, value }) => [name, value]))
  const numbered = (name: string): number => Number(values.get(name) ?? 0)
  return {
    version: numbered('version'),
    indexed: numbered('indexed'),
    contracted: numbered('contracted'),
    restoring: values.has('restoring'),
  }
}

/** Throws `permanent` where they have gone since. */
export async function stateOf(client: ClientBase): Promise<SchemaState> {
  const state = await readState(client)
  if (state === undefined) throw refused('the tables of Lading have gone from the database: restore a backup')
  return state
}

/** The engine's own tables, of a database that Lading has not been in. */
export function firstStatements(): string[] {
  const rows = { version: '0', indexed: '0', contracted: '0' }
  const values = Object.entries(rows).map(([name, value]) => `(${literal(name)}, ${literal(value)})`)
  return [...ownTablesSql, `INSERT INTO "lading_state" VALUES ('era', ${freshEra}), ${values.join(', ')}`]
}

const freshEra = 'gen_random_uuid()::text'

/** Begins another order of what is told of commits: what anybody has read of the one before cannot be compared with it. */
export const newEraStatement: string = `UPDATE "lading_state" SET "value" = ${freshEra} WHERE "name" = 'era'`

export function progressStatements(progress: Partial<Progress>): string[] {
  return Object.entries(progress).map(([name, value]) => setStatement(name, String(value)))
}

export const markStatement = `INSERT INTO "lading_state" VALUES ('restoring', 'until this row is gone, this is half of a registry')
  ON CONFLICT DO NOTHING`
export const unmarkStatement = `DELETE FROM "lading_state" WHERE "name" = 'restoring'`

function setStatement(name: string, value: string): string {
  return `UPDATE "lading_state" SET "value" = ${literal(value)} WHERE "name" = ${literal(name)}`
}
