import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { type MessagePort, Worker } from 'node:worker_threads'
import { Slots } from '../../../domain/slots.ts'
import type { StoreError } from '../../../ports/store/errors.ts'

export type Ticket = number
export type Asked<Q> = readonly (readonly [Ticket, Q])[]
export type Answered<A> = readonly (readonly [Ticket, A])[]
/** The message that ends a thread, or its side of a port. */
export const stop = 'stop'
/** The message that brings another asker: its questions come by the port, and are answered there. */
export interface Admitted {
  readonly admitted: MessagePort
}

type Line = Worker | MessagePort

interface Waiting<A> {
  resolve(answer: A): void
  reject(error: Error): void
}

/**
 * Questions to one thread and its answers. The line to it is the thread itself, for who starts it, or a port to a thread
 * that another one started. It is opened by the first question, and again after it was lost; questions of one turn travel
 * together. It keeps the process alive only while a question is open.
 */
export class ThreadCalls<Q, A> {
  readonly #open: () => Line
  readonly #lost: (cause: unknown) => StoreError
  #waiting = new Slots<Waiting<A>>()
  /** Tickets below it are of questions that have failed: where they are answered after all, nobody waits for that. */
  #firstTicket: Ticket = 0
  #line: Line | undefined
  #outbox: [Ticket, Q][] = []
  #whenIdle: (() => void)[] = []

  /** `lost`: what open questions are answered where the line ends by itself. */
  constructor(open: () => Line, lost: (cause: unknown) => StoreError) {
    this.#open = open
    this.#lost = lost
  }

  get open(): number {
    return this.#waiting.size
  }

  /** Opens the line before there is a question, for whoever knows that one will come soon. */
  start(): void {
    if (this.#line === undefined) this.#opened()
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      const ticket = this.#firstTicket + this.#waiting.put({ resolve, reject })
      if (this.#outbox.push([ticket, question]) === 1) queueMicrotask(() => this.#post())
    })
  }

  /** Lets another thread ask by the port. Where this thread is lost, so is the port. */
  admit(admitted: MessagePort): void {
    const line = this.#line ?? this.#opened()
    line.postMessage({ admitted } satisfies Admitted, [admitted])
  }

  /** Waits for the open questions, then ends the thread, or only the line where it is a port. */
  async close(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    const line = this.#line
    this.#line = undefined
    if (line === undefined) return
    const ended = once(line as EventEmitter, endOf(line))
    line.ref()
    line.postMessage(stop, [])
    await ended
  }

  #post(): void {
    const asked = this.#outbox
    this.#outbox = []
    try {
      const line = this.#line ?? this.#opened()
      line.ref()
      line.postMessage(asked satisfies Asked<Q>, [])
    } catch (error) {
      this.#fail(error)
    }
  }

  #opened(): Line {
    const line: Line = this.#open()
    let cause: unknown
    line.on('message', (answered: Answered<A>) => this.#settle(answered))
    line.on('error', (error: unknown) => {
      cause = error
    })
    line.on(endOf(line), (code: unknown) => {
      if (this.#line !== line) return
      this.#line = undefined
      this.#fail(
        cause ??
          new Error(typeof code === 'number' ? `the thread ended with code ${code}` : 'the line ended'),
      )
    })
    line.unref()
    this.#line = line
    return line
  }

  #settle(answered: Answered<A>): void {
    for (const [ticket, answer] of answered) this.#waiting.take(ticket - this.#firstTicket)?.resolve(answer)
    if (this.#waiting.size === 0) this.#idle()
  }

  #fail(cause: unknown): void {
    const error = this.#lost(cause)
    const failed = this.#waiting
    this.#waiting = new Slots()
    this.#firstTicket += failed.reach
    for (const { reject } of failed.values()) reject(error)
    this.#idle()
  }

  #idle(): void {
    this.#line?.unref()
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}

function endOf(line: Line): 'exit' | 'close' {
  return line instanceof Worker ? 'exit' : 'close'
}
