import type { QueryArrayResult } from 'pg'
import type { Declared } from '../shared/declared.ts'
import { type Batch, beginForProcessSql, beginSql, idStatement, inLockOrder } from './batch-sql.ts'
import { changeSql } from './change-sql.ts'
import { alone, type Group, grouped } from './grouped-changes.ts'
import type { PooledClient } from './pooled-client.ts'
import { queryOf, type SqlRow } from './statement.ts'
import { losesConnection } from './store-error-of.ts'

/** What became of a batch that was sent. */
export type Sent =
  | { readonly is: 'applied' }
  /** Taken back, since this statement failed: that of changes, that of the id, or any other. */
  | { readonly is: 'refused'; readonly at: Group | 'id' | undefined; readonly error: unknown }
  /** The answer to its end did not come. */
  | { readonly is: 'lost'; readonly error: unknown }

export interface Sending {
  readonly answerMs: number
  /** Each change by a statement of its own, so that the one that fails is known. */
  readonly isEachAlone: boolean
}

/** The whole transaction in one message and one answer: where a statement fails, COMMIT takes it back. */
export async function sendBatch(
  client: PooledClient,
  schema: Declared,
  batch: Batch,
  { answerMs, isEachAlone }: Sending,
): Promise<Sent> {
  const { changes, id, survives } = batch.checked
  const ordered = inLockOrder(changes)
  const groups = isEachAlone ? alone(ordered) : grouped(ordered)
  // Made before anything is sent: what throws leaves no transaction behind.
  const id0 = queryOf(idStatement(batch))
  const each = groups.map((group) => queryOf(changeSql(schema, group, id)))
  const results = client.together(() => [
    client.query<SqlRow[]>({ text: survives === 'process' ? beginForProcessSql : beginSql } as never),
    client.query<SqlRow[]>(id0),
    ...each.map((query) => client.query<SqlRow[]>(query)),
    client.query<SqlRow[]>({ text: 'COMMIT', query_timeout: answerMs } as never),
  ])
  return told(groups, await Promise.allSettled(results))
}

function told(
  groups: readonly Group[],
  results: readonly PromiseSettledResult<QueryArrayResult<SqlRow[]>>[],
): Sent {
  const end = results.at(-1)
  const first = results.findIndex(({ status }) => status === 'rejected')
  const failed = results[first]
  const error: unknown = failed?.status === 'rejected' ? failed.reason : undefined
  if (end?.status === 'fulfilled' && end.value.command === 'COMMIT' && error === undefined)
    return { is: 'applied' }
  const answered =
    end?.status === 'fulfilled' ? end.value.command === 'ROLLBACK' : !losesConnection(end?.reason)
  if (!answered || error === undefined)
    return { is: 'lost', error: error ?? new Error('COMMIT was answered by nothing known') }
  return { is: 'refused', at: first === 1 ? 'id' : groups[first - 2], error }
}
