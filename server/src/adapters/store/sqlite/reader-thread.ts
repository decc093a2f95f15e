import { parentPort, workerData } from 'node:worker_threads'
import type { StoreErrorKind } from '../../../ports/store/errors.ts'
import { openForReading, storeErrorOf } from './connection.ts'
import { Statements } from './statements.ts'
import type { SqlValue } from './table-sql.ts'
import { type Answered, type Asked, stop } from './thread-calls.ts'

export interface ReadQuestion {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type ReadAnswer =
  | { readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly error: StoreErrorKind; readonly message: string }

if (parentPort === null) throw new Error('reader-thread runs as a thread only')
const port = parentPort
const db = openForReading((workerData as { file: string }).file)
const statements = new Statements(db)

port.on('message', (message: Asked<ReadQuestion> | typeof stop) => {
  if (message === stop) {
    db.close()
    port.close()
    return
  }
  const answered = message.map(([ticket, question]) => [ticket, answerTo(question)] as const)
  port.postMessage(answered satisfies Answered<ReadAnswer>)
})

function answerTo({ sql, values }: ReadQuestion): ReadAnswer {
  try {
    return { rows: statements.rows(sql, values) }
  } catch (error) {
    const { kind, message } = storeErrorOf(error)
    return { error: kind, message }
  }
}
