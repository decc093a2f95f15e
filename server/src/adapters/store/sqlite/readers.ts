import { StoreError } from '../../../ports/store/errors.ts'
import type { ReadAnswer, ReadQuestion } from './reader-thread.ts'
import { startThread } from './start-thread.ts'
import type { SqlValue } from './table-sql.ts'
import { ThreadCalls } from './thread-calls.ts'

/** A few threads for reads that may take long. One starts only when the others are busy. */
export class Readers {
  readonly #threads: readonly ThreadCalls<ReadQuestion, ReadAnswer>[]

  constructor(file: string, threads: number) {
    this.#threads = Array.from(
      { length: threads },
      () =>
        new ThreadCalls<ReadQuestion, ReadAnswer>(
          () => startThread('reader-thread', { file }),
          (cause) => new StoreError('transient', 'a reader thread was lost', { cause }),
        ),
    )
  }

  /** Rows as arrays of columns. Throws StoreError. */
  async rows(sql: string, values: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]> {
    const idlest = this.#threads.reduce((one, other) => (other.open < one.open ? other : one))
    const answer = await idlest.ask({ sql, values })
    if ('error' in answer) throw new StoreError(answer.error, answer.message)
    return answer.rows
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
