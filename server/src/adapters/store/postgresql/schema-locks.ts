import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import type { SchemaWaits } from './schema-session.ts'

/**
 * Locks by number, which end with the connection that holds them: one for whoever changes the tables, and one for each
 * version that processes are at work with, which each of them shares. Numbers are of one schema of one database.
 */
const changing = 0x6c616400
const restoring = 0x6c616402
/** Mixed with the schema's oid; the version is the second number. */
const working = 0x6c616401

/**
 * Work that one process does at a time. Others ask again and again: one that waited within a statement would hold up an
 * order that is made beside those who write. Throws `transient` after `turnMs`.
 */
export async function inTurn<T>(client: ClientBase, waits: SchemaWaits, work: () => Promise<T>): Promise<T> {
  await takeTurn(client, waits)
  try {
    return await work()
  } finally {
    // Without the connection the lock is gone too.
    await client.query(`SELECT pg_advisory_unlock(${changing}, ${schemaNumber})`).catch(() => {})
  }
}

/** As `inTurn`, until the connection ends. Throws `transient` after `turnMs`. */
export async function takeTurn(client: ClientBase, waits: SchemaWaits): Promise<void> {
  const until = performance.now() + waits.turnMs
  while (!(await tryTurn(client))) {
    if (performance.now() > until) {
      const why = `another process has been changing the tables, or restoring them, for ${waits.turnMs} ms`
      throw new StoreError('transient', `${why}: wait until it is done, or end it`)
    }
    await pause(waits.pauseMs)
  }
}

/** False where somebody else has it. */
async function tryTurn(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_lock(${changing}, ${schemaNumber}) AS mine`,
  )
  return rows[0]?.mine === true
}

/** False where another restore is under way. Held until the connection ends. */
export async function tryRestoring(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_lock(${restoring}, ${schemaNumber}) AS mine`,
  )
  return rows[0]?.mine === true
}

/** Until the connection ends, no later release takes away what this version has. */
export async function announce(client: ClientBase, version: number): Promise<void> {
  await client.query(`SELECT pg_advisory_lock_shared(${workingNumber}, ${version})`)
}

/** The versions that other processes are at work with, the oldest first. */
export async function versionsAtWork(client: ClientBase): Promise<readonly number[]> {
  const { rows } = await client.query<{ version: string }>(
    `SELECT DISTINCT objid::bigint::text AS version FROM pg_locks
      WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid::bigint = (${workingNumber})::bigint & 4294967295`,
  )
  return rows.map(({ version }) => Number(version)).sort((one, other) => one - other)
}

export const schemaOid = '(quote_ident(current_schema())::regnamespace::oid::bigint)'
/** An oid has 32 bits without a sign, and the numbers of locks have one. */
const schemaNumber = `(${schemaOid}::bit(32))::int`
const workingNumber = `(${working} # ${schemaNumber})`
