import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { StoreError } from '../../../ports/store/errors.ts'

export type Ticket = number
export type Asked<Q> = readonly (readonly [Ticket, Q])[]
export type Answered<A> = readonly (readonly [Ticket, A])[]
/** The message that ends a thread. */
export const stop = 'stop'

interface Waiting<A> {
  resolve(answer: A): void
  reject(error: Error): void
}

/**
 * Questions to one thread and its answers. The thread starts with the first question, and again after it was lost;
 * questions of one turn travel together. It keeps the process alive only while a question is open.
 */
export class ThreadCalls<Q, A> {
  readonly #start: () => Worker
  readonly #lost: (cause: unknown) => StoreError
  readonly #waiting = new Map<Ticket, Waiting<A>>()
  #worker: Worker | undefined
  #outbox: [Ticket, Q][] = []
  #tickets = 0
  #whenIdle: (() => void)[] = []

  /** `lost`: what open questions are answered where the thread ends by itself. */
  constructor(start: () => Worker, lost: (cause: unknown) => StoreError) {
    this.#start = start
    this.#lost = lost
  }

  get open(): number {
    return this.#waiting.size
  }

  ask(question: Q): Promise<A> {
    const ticket = this.#tickets++
    if (this.#outbox.push([ticket, question]) === 1) queueMicrotask(() => this.#post())
    return new Promise((resolve, reject) => this.#waiting.set(ticket, { resolve, reject }))
  }

  /** Waits for the open questions, then ends the thread. */
  async close(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    const worker = this.#worker
    this.#worker = undefined
    if (worker === undefined) return
    const ended = once(worker, 'exit')
    worker.ref()
    worker.postMessage(stop)
    await ended
  }

  #post(): void {
    const asked = this.#outbox
    this.#outbox = []
    try {
      const worker = this.#worker ?? this.#started()
      worker.ref()
      worker.postMessage(asked satisfies Asked<Q>)
    } catch (error) {
      this.#fail(error)
    }
  }

  #started(): Worker {
    const worker = this.#start()
    let cause: unknown
    worker.on('message', (answered: Answered<A>) => this.#settle(answered))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#fail(cause ?? new Error(`the thread ended with code ${code}`))
    })
    this.#worker = worker
    return worker
  }

  #settle(answered: Answered<A>): void {
    for (const [ticket, answer] of answered) {
      this.#waiting.get(ticket)?.resolve(answer)
      this.#waiting.delete(ticket)
    }
    if (this.#waiting.size === 0) this.#idle()
  }

  #fail(cause: unknown): void {
    const error = this.#lost(cause)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#idle()
  }

  #idle(): void {
    this.#worker?.unref()
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}
