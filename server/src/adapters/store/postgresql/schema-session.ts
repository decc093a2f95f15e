import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientBase, type Pool } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import { connectFault } from '../../shared/postgresql-connect-fault.ts'
import { sqlTypeParsers } from './sql-values.ts'

/** How long things may take while tables are looked at or changed, in ms. */
export interface SchemaWaits {
  /** For another process that changes the tables. */
  readonly turnMs: number
  /** For those who use a table that is to be changed; everybody else waits behind. Then it is tried again, within `turnMs`. */
  readonly tableMs: number
  /** For one statement: an order of many rows takes long to make. */
  readonly statementMs: number
  /** Between two tries. */
  readonly pauseMs: number
}

export const defaultSchemaWaits: SchemaWaits = {
  turnMs: 600_000,
  tableMs: 1_000,
  statementMs: 3_600_000,
  pauseMs: 100,
}

/** How a session reaches the server: what a pool was given. */
export type Reach = Pick<Pool, 'options'>

/** What the server's own limit leaves for the answer to arrive. */
const answerMs = 5_000

/** A connection beside the pool's, for statements that take long. Throws StoreError, in words of `connectFault`. */
export async function openSession({ options }: Reach, { statementMs }: SchemaWaits): Promise<Client> {
  const client = clientOf(options, statementMs)
  // Whoever asks next is told; without a listener the process would end.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw connectFault(error, client)
  }
}

function clientOf(options: Reach['options'], statementMs: number): Client {
  // A pool hides its password from those who copy or print its options.
  const { password, max: _max, ...rest } = options
  try {
    return new Client({
      ...rest,
      ...(password !== undefined && { password }),
      keepAlive: true,
      types: sqlTypeParsers,
      statement_timeout: statementMs,
      query_timeout: statementMs + answerMs,
    })
  } catch (error) {
    // An address that cannot be read.
    throw connectFault(error, {})
  }
}

/** All of it or nothing. */
export async function transaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const answer = await work()
    await client.query('COMMIT')
    return answer
  } catch (error) {
    // Where the connection is gone, so is what was done.
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/**
 * Statements in one transaction, tried again where others use what they change. Throws what the server says, or `transient`
 * where they use it for too long.
 */
export async function changeTables(
  client: ClientBase,
  waits: SchemaWaits,
  statements: readonly string[],
): Promise<void> {
  const until = performance.now() + waits.turnMs
  for (;;) {
    try {
      await transaction(client, async () => {
        await client.query(`SET LOCAL lock_timeout = ${waits.tableMs}`)
        for (const sql of statements) await client.query(sql)
      })
      return
    } catch (error) {
      if (!isInUse(error)) throw error
      if (performance.now() > until) {
        const why = `tables that are to be changed were in use for ${waits.turnMs} ms without a pause`
        throw new StoreError('transient', `${why}: end long transactions on them`, { cause: error })
      }
      await pause(waits.pauseMs)
    }
  }
}

/** A lock that was not had in time, or two who wait for each other. */
function isInUse(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return code === '55P03' || code === '40P01'
}
