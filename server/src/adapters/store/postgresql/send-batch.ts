import type { PooledClient } from '../../shared/postgresql-pooled-client.ts'
import type { Declared } from '../shared/declared.ts'
import { type Batch, idStatement, inLockOrder } from './batch-sql.ts'
import { changeSql } from './change-sql.ts'
import { alone, type Group, grouped } from './grouped-changes.ts'
import { sendWhole } from './send-whole.ts'
import { queryOf } from './statement.ts'

/** What became of a batch that was sent. */
export type Sent =
  | { readonly is: 'applied' }
  /** Taken back, since this statement failed: that of changes, that of the id, or the beginning. */
  | { readonly is: 'refused'; readonly at: Group | 'id' | 'begin'; readonly error: unknown }
  /** The answer to its end did not come, or was an error. */
  | { readonly is: 'lost'; readonly error: unknown }

export interface Sending {
  readonly answerMs: number
  /** Each change by a statement of its own, so that the one that fails is known. */
  readonly isEachAlone: boolean
}

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
  const queries = [
    queryOf(idStatement(batch)),
    ...groups.map((group) => queryOf(changeSql(schema, group, id))),
  ]
  const ended = await sendWhole(client, { queries, answerMs, isForProcess: survives === 'process' })
  switch (ended.is) {
    case 'committed':
      return { is: 'applied' }
    case 'lost':
      return ended
    case 'refused': {
      const { at, error } = ended
      return { is: 'refused', at: at === 'begin' ? at : (groups[at - 1] ?? 'id'), error }
    }
  }
}
