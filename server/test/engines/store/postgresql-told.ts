import assert from 'node:assert/strict'
import { Client } from 'pg'
import type { PostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, patch } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { BatchId, Change, Position } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counters, happening, happenings } from '../../../src/ports/store/suite/sample.ts'
import type { PostgresqlServer } from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'

export const id = (): BatchId => newBatchId(Date.now(), chance)
export const step = (): Change[] => [
  patch(counters, ['a'], { add: { n: 1 } }),
  append(happenings, happening('a', 1)),
]

/** `applied` and `not` are certain, `void` is that it never will be. */
export type Told = 'applied' | 'not' | 'void' | 'unknown'

export async function told(
  store: PostgresqlStore,
  batch: BatchId,
  changes: Change[] = step(),
): Promise<Told> {
  try {
    assert.deepEqual(await store.commit(batch, changes), { ok: true })
    return 'applied'
  } catch (error) {
    assert.ok(error instanceof StoreError, String(error))
    if (error.kind === 'unknown') return 'unknown'
    assert.equal(error.kind, 'transient', error.message)
    return error.isVoid ? 'void' : 'not'
  }
}

/** After `unknown` only what is said of the id counts: that a repeat came to nothing says nothing of the first try. */
export async function settled(store: PostgresqlStore, batch: BatchId, first: Told): Promise<Told> {
  let known = first
  await until(async () => {
    if (known !== 'unknown') return true
    const again = await told(store, batch)
    if (again !== 'not') known = again
    return false
  })
  return known
}

/** Holds the row that every step changes, until what it answers is called. */
export async function lockRow(server: PostgresqlServer, schema: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query(`BEGIN; SELECT FROM "${schema}"."counters" FOR UPDATE`)
  return async () => {
    await client.query('ROLLBACK')
    await client.end()
  }
}

export async function allEntries(store: PostgresqlStore): Promise<number> {
  let sum = 0
  for (let after: Position | undefined; ; ) {
    const { entries } = await store.tail(happenings, after, 1000)
    sum += entries.length
    if (entries.length < 1000) return sum
    after = entries.at(-1)?.at
  }
}
