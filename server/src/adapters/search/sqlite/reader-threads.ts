import { startThread } from './start-thread.ts'
import type { ReaderCalls } from './thread-calls.ts'
import { ThreadLine, type Wait } from './thread-line.ts'

/** What a reader thread is given. */
export interface ReaderData {
  readonly file: string
  readonly cacheKib: number
  readonly keptBytes: number
  readonly fewRows: number
}

export interface ReaderOptions extends ReaderData {
  readonly readers: number
  readonly waiting: number
}

/** Threads that answer from one index. Each has it in memory as far as every question wants it. */
export class ReaderThreads {
  readonly file: string
  readonly #lines: readonly ThreadLine<ReaderCalls>[]

  constructor({ file, readers, cacheKib, keptBytes, fewRows, waiting }: ReaderOptions) {
    this.file = file
    const data: ReaderData = { file, cacheKib, keptBytes, fewRows }
    this.#lines = Array.from(
      { length: readers },
      () =>
        new ThreadLine<ReaderCalls>(
          (shared) => startThread('search-reader-thread', { ...shared, ...data }),
          waiting,
        ),
    )
  }

  /** All threads have loaded the index. */
  async ready(wait: Wait): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.ask('ready', null, wait)))
  }

  async ask<K extends keyof ReaderCalls>(
    call: K,
    asked: ReaderCalls[K]['asked'],
    wait: Wait,
  ): Promise<ReaderCalls[K]['answer']> {
    const [first, ...others] = this.#lines
    if (first === undefined) throw new Error('there is no reader')
    const idlest = others.reduce((one, other) => (other.open < one.open ? other : one), first)
    return await idlest.ask(call, asked, wait)
  }

  /** After its last answer. */
  async retire(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.retire()))
  }

  async close(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close()))
  }
}
