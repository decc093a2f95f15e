import type { MessagePort, Worker } from 'node:worker_threads'
import { StoreError } from '../../../ports/store/errors.ts'
import type { ReadAnswer, ReadQuestion } from './reader-thread.ts'
import { startThread } from './start-thread.ts'
import type { SqlValue } from './table-sql.ts'
import { ThreadCalls } from './thread-calls.ts'

/** A few threads for reads that may take long. One starts only when the others are busy. */
export class Readers {
  readonly #threads: readonly ThreadCalls<ReadQuestion, ReadAnswer>[]

  /** `line`: starts the thread of that number, or opens a port to it. */
  constructor(threads: number, line: (thread: number) => Worker | MessagePort) {
    this.#threads = Array.from(
      { length: threads },
      (_, thread) =>
        new ThreadCalls<ReadQuestion, ReadAnswer>(
          () => line(thread),
          (cause) => new StoreError('transient', 'a reader thread was lost', { cause }),
        ),
    )
  }

  /** The first thread comes up while other things do: every registry asks it something before it serves. */
  static start(file: string, threads: number): Readers {
    const readers = new Readers(threads, () => startThread('reader-thread', { file }))
    readers.#threads[0]?.start()
    return readers
  }

  get count(): number {
    return this.#threads.length
  }

  /** Rows as arrays of columns. Throws StoreError. */
  async rows(sql: string, values: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]> {
    const idlest = this.#threads.reduce((one, other) => (other.open < one.open ? other : one))
    const answer = await idlest.ask({ sql, values })
    if ('error' in answer) throw new StoreError(answer.error, answer.message)
    return answer.rows
  }

  /** Lets another thread ask the one of that number by the port. */
  admit(thread: number, port: MessagePort): void {
    this.#threads[thread]?.admit(port)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}
