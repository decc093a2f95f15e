import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { SearchError } from '../../../ports/search/errors.ts'
import { type Answered, type Asked, type Calls, givenUpSlots, type SharedData, stop } from './thread-calls.ts'

export interface Wait {
  readonly withinMs: number
  readonly signal?: AbortSignal
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/**
 * Questions to one thread, each with a bound for how long it is waited for. The thread is started by the first question,
 * and again after it was lost. It keeps the process alive only while a question is open.
 */
export class ThreadLine<C extends Calls> {
  readonly #start: (data: SharedData) => Worker
  /** More questions than these do not wait. */
  readonly #most: number
  readonly #waiting = new Map<number, Waiting>()
  readonly #givenUp = new Int32Array(new SharedArrayBuffer(givenUpSlots * 4))
  #whenIdle: (() => void)[] = []
  #worker: Worker | undefined
  #ticket = 0
  #isClosed = false

  constructor(start: (data: SharedData) => Worker, most: number) {
    this.#start = start
    this.#most = most
  }

  get open(): number {
    return this.#waiting.size
  }

  /** Throws SearchError, or the reason of the signal. */
  async ask<K extends keyof C & string>(call: K, asked: C[K]['asked'], wait: Wait): Promise<C[K]['answer']> {
    const { withinMs, signal } = wait
    signal?.throwIfAborted()
    if (this.#isClosed) throw new SearchError('closed', 'the search engine was closed')
    if (this.#waiting.size >= this.#most) throw new SearchError('unavailable', 'too many questions wait')
    const ticket = ++this.#ticket & 0x7fffffff
    const answered = new Promise<C[K]['answer']>((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject })
    })
    const giveUp = (reason: unknown): void => {
      const waiting = this.#waiting.get(ticket)
      if (waiting === undefined) return
      Atomics.store(this.#givenUp, ticket % givenUpSlots, ticket)
      this.#settled(ticket)
      waiting.reject(reason)
    }
    const timer = setTimeout(() => giveUp(new SearchError('timeout', 'no answer in time')), withinMs)
    const abort = (): void => giveUp(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const worker = this.#worker ?? this.#opened()
      worker.ref()
      worker.postMessage({ ticket, call, asked } satisfies Asked)
      return await answered
    } finally {
      this.#settled(ticket)
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Ends the thread when the questions that are open were answered or given up. */
  async retire(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    await this.close()
  }

  /** Ends the thread after what it has in hand; questions that are open fail as closed. */
  async close(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#worker = undefined
    this.#fail(new SearchError('closed', 'the search engine was closed'))
    if (worker === undefined) return
    const ended = once(worker, 'exit')
    worker.ref()
    worker.postMessage(stop)
    await ended
  }

  #opened(): Worker {
    const worker = this.#start({ givenUp: this.#givenUp.buffer })
    let cause: unknown
    worker.on('message', (answered: Answered) => this.#settle(answered))
    worker.on('error', (error: unknown) => {
      cause = error
    })
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#fail(new SearchError('unavailable', 'a thread of the search engine was lost', { cause }))
    })
    this.#worker = worker
    return worker
  }

  #settle(answered: Answered): void {
    const waiting = this.#waiting.get(answered.ticket)
    if (waiting === undefined) return
    this.#settled(answered.ticket)
    if ('error' in answered) waiting.reject(new SearchError(answered.error, answered.message))
    else waiting.resolve(answered.answer)
  }

  #settled(ticket: number): void {
    this.#waiting.delete(ticket)
    if (this.#waiting.size === 0) this.#idle()
  }

  #idle(): void {
    this.#worker?.unref()
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #fail(error: SearchError): void {
    const failed = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of failed) reject(error)
    this.#idle()
  }
}
