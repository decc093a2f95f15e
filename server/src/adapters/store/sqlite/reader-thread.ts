import { workerData } from 'node:worker_threads'
import type { StoreErrorKind } from '../../../ports/store/errors.ts'
import { answerAll, answerCalls } from './answer-calls.ts'
import { openForReading, storeErrorOf } from './connection.ts'
import { Statements } from './statements.ts'
import type { SqlValue } from './table-sql.ts'

export interface ReadQuestion {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type ReadAnswer =
  | { readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly error: StoreErrorKind; readonly message: string }

const db = openForReading((workerData as { file: string }).file)
const statements = new Statements(db)

answerCalls<ReadQuestion>(
  (calls) =>
    answerAll(
      calls,
      calls.map(({ question }) => answerTo(question)),
    ),
  () => db.close(),
)

function answerTo({ sql, values }: ReadQuestion): ReadAnswer {
  try {
    return { rows: statements.rows(sql, values) }
  } catch (error) {
    const { kind, message } = storeErrorOf(error)
    return { error: kind, message }
  }
}
