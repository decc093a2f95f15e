import type { QueryArrayConfig, QueryArrayResult } from 'pg'
import type { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import { losesConnection } from '../../shared/postgresql-store-error-of.ts'
import type { SqlValue } from './sql-values.ts'
import type { SqlRow } from './statement.ts'

export interface Whole {
  readonly queries: readonly QueryArrayConfig<SqlValue[]>[]
  /** For the answer to its end. */
  readonly answerMs: number
  /** The log is written by the server within a moment: see `Survives`. */
  readonly isForProcess?: boolean
}

/** What became of a transaction that was sent. */
export type Ended =
  | { readonly is: 'committed'; readonly answers: readonly QueryArrayResult<SqlRow[]>[] }
  /** Taken back, since it could not begin, or this query failed, by its place. */
  | { readonly is: 'refused'; readonly at: 'begin' | number; readonly error: unknown }
  /** The answer to its end did not come, or was an error: it may be applied. */
  | { readonly is: 'lost'; readonly error: unknown }

const beginSql = 'BEGIN ISOLATION LEVEL READ COMMITTED'
/** Its order holds, and only a crash of the server, or of its machine, takes the end of the log. */
const forProcessSql = 'SET LOCAL synchronous_commit = off'

/**
 * A whole transaction in one message and one answer: where a statement fails, COMMIT takes it back. Each is answered for
 * itself, so where BEGIN alone fails, the others are run one by one: they write nothing then, since every connection may
 * only read outside of such a transaction (`sessionSql`). A connection that may be left within one is ended.
 */
export async function sendWhole(client: PooledClient, { queries, answerMs, ...how }: Whole): Promise<Ended> {
  const begin = client.isReadOnly ? beginSql : `${beginSql} READ WRITE`
  const text = how.isForProcess === true ? `${begin}; ${forProcessSql}` : begin
  const results = client.together(() => [
    client.query<SqlRow[]>({ text } as never),
    ...queries.map((query) => client.query<SqlRow[]>(query)),
    client.query<SqlRow[]>({ text: 'COMMIT', query_timeout: answerMs } as never),
  ])
  const ended = endOf(await Promise.allSettled(results))
  if (ended.is === 'lost' || (ended.is === 'refused' && ended.at === 'begin')) client.destroy()
  return ended
}

type Result = PromiseSettledResult<QueryArrayResult<SqlRow[]>>

function endOf(results: readonly Result[]): Ended {
  const [begin, end] = [results[0], results.at(-1)]
  if (begin?.status === 'rejected' && !losesConnection(begin.reason)) {
    return { is: 'refused', at: 'begin', error: begin.reason }
  }
  if (end?.status !== 'fulfilled') return { is: 'lost', error: end?.reason }
  const first = results.findIndex(({ status }) => status === 'rejected')
  const failed = results[first]
  if (failed?.status === 'rejected' && end.value.command === 'ROLLBACK') {
    return { is: 'refused', at: first - 1, error: failed.reason }
  }
  if (failed === undefined && end.value.command === 'COMMIT') {
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    return { is: 'committed', answers: answers.slice(1, -1) }
  }
  return { is: 'lost', error: new Error(`COMMIT was answered by ${JSON.stringify(end.value.command)}`) }
}
