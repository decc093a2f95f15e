import type { Client } from 'pg'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Schema, Value } from '../../../ports/store/table.ts'
import { quoted } from '../../shared/postgresql-quoted.ts'
import { storeErrorOf } from '../../shared/postgresql-store-error-of.ts'
import { type Column, declared } from '../shared/declared.ts'
import { fixedBytes, type PartShape, partsOf } from '../shared/row-format.ts'
import { openSession, type Reach, type SchemaWaits } from './schema-session.ts'
import { queryOf, type Reading, type SqlRow } from './statement.ts'
import { positionColumn, transactionColumn } from './table-sql.ts'

export interface FrozenPart extends PartShape {
  readonly rows: number
  /** Of all rows, and of the largest, in the format of `row-format.ts`. */
  readonly bytes: number
  readonly largest: number
}

/** Rows that are asked for at once. */
export interface FrozenLimits {
  readonly rows: number
  readonly bytes: number
}

export const defaultFrozenLimits: FrozenLimits = { rows: 1_000, bytes: 4 * 1024 * 1024 }

/**
 * One state of the database, on a connection and in a transaction of its own. As long as it is open, the server keeps what
 * was changed since, and cannot clean up behind it.
 */
export class FrozenState implements AsyncDisposable {
  readonly #client: Client
  readonly #schema: Schema
  #isClosed = false
  #cursors = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: Client, schema: Schema) {
    this.#client = client
    this.#schema = schema
  }

  /** Throws StoreError. */
  read<T>(reading: Reading<T>): Promise<T> {
    return this.#inTurn(async () => reading.answer((await this.#client.query(queryOf(reading))).rows))
  }

  /** What there is. Text and bytes are not read for it. Throws StoreError. */
  async parts(): Promise<readonly FrozenPart[]> {
    const parts: FrozenPart[] = []
    for (const shape of partsOf(declared(this.#schema))) {
      const size = shape.columns.map(sizeSql).join(' + ')
      const [found] = await this.#rows(
        `SELECT count(*)::text, coalesce(sum(${size}), 0)::text, coalesce(max(${size}), 0)::text FROM ${quoted(shape.name)}`,
      )
      const [rows, bytes, largest] = (found ?? []).map(Number)
      parts.push({ ...shape, rows: rows ?? 0, bytes: bytes ?? 0, largest: largest ?? 0 })
    }
    return parts
  }

  /** All rows of a part, some at a time, in the order of the format. Throws StoreError. */
  async *rows(
    part: FrozenPart,
    limits: FrozenLimits = defaultFrozenLimits,
  ): AsyncGenerator<readonly (readonly Value[])[]> {
    const cursor = `c${++this.#cursors}`
    const columns = part.columns.map(({ name }) => quoted(name)).join(', ')
    const order = this.#orderOf(part).map(quoted).join(', ')
    const count = Math.max(1, Math.min(limits.rows, Math.floor(limits.bytes / Math.max(1, part.largest))))
    await this.#rows(
      `DECLARE ${cursor} NO SCROLL CURSOR FOR SELECT ${columns} FROM ${quoted(part.name)} ORDER BY ${order}`,
    )
    try {
      for (;;) {
        const rows = await this.#rows(`FETCH ${count} FROM ${cursor}`)
        if (rows.length === 0) return
        yield rows as readonly (readonly Value[])[]
      }
    } finally {
      // A transaction that has failed has let go of it.
      if (!this.#isClosed) await this.#rows(`CLOSE ${cursor}`).catch(() => {})
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#last
    await this.#client.end().catch(() => {})
  }

  #orderOf({ name, is }: FrozenPart): readonly string[] {
    if (is === 'log') return [transactionColumn, positionColumn]
    return (
      declared(this.#schema)
        .tables.get(name)
        ?.key.map((column) => column.name) ?? []
    )
  }

  #rows(text: string): Promise<readonly SqlRow[]> {
    return this.#inTurn(async () => (await this.#client.query<unknown[]>({ text, rowMode: 'array' })).rows)
  }

  /** A connection does one thing at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(async () => {
      if (this.#isClosed) throw new StoreError('permanent', 'the snapshot is closed')
      try {
        return await work()
      } catch (error) {
        throw storeErrorOf(error)
      }
    })
    this.#last = next.catch(() => {})
    return next
  }
}

/** All that was committed before the call. Throws StoreError. */
export async function freeze(reach: Reach, schema: Schema, waits: SchemaWaits): Promise<FrozenState> {
  const client = await openSession(reach, waits)
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    // It may be open for as long as a backup takes.
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
    // The first statement that reads is what the state is of.
    await client.query('SELECT pg_current_snapshot()')
    return new FrozenState(client, schema)
  } catch (error) {
    await client.end().catch(() => {})
    throw storeErrorOf(error)
  }
}

/** The server tells how long a text is without reading it. */
function sizeSql({ name, type, nullable }: Column): string {
  const column = quoted(name)
  const fixed = fixedBytes[type]
  const own =
    type === 'text' || type === 'bytes' ? `${fixed} + octet_length(${column})::bigint` : `${fixed}::bigint`
  return nullable ? `(1 + CASE WHEN ${column} IS NULL THEN 0 ELSE ${own} END)` : `(${own})`
}
