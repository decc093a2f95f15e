import { getCompileCacheDir } from 'node:module'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { UploadTurns } from '../../core/content/upload-turns.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import type { SearchAnswer, SearchCall } from './remote-search.ts'
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts'
import { UploadDesk } from './upload-desk.ts'

export interface ServingThreadsParts {
  /** Threads beside the main one. */
  readonly count: number
  /** What the thread of that number starts with. */
  readonly dataOf: (thread: number) => Omit<ThreadData, 'lines'>
  readonly turns: UploadTurns
  readonly telemetry: Telemetry
  /** One or more whole lines of the log. */
  readonly writeLine: (line: string) => void
  /** A thread says that there may be a job to do, or more events to read. */
  readonly wake: () => void
  readonly publish: () => void
  /** As for the ledger. Never rejects. */
  readonly heardByAll: () => Promise<void>
  /** What another thread looks for. Never rejects. */
  readonly search: (call: SearchCall) => Promise<SearchAnswer>
  /** A thread has ended by itself. Called once. */
  readonly lost: (cause: unknown) => void
}

interface Thread {
  readonly worker: Worker
  readonly lines: MessagePort
  readonly ended: Promise<void>
  readonly closed: PromiseWithResolvers<void>
}

/** The main thread answers the first requests alone: others that start at the same time would only slow it down. */
const startDelayMs = 150
/** Beyond the grace time, for what a thread still has to close. */
const closeTimeMs = 5_000
/**
 * Two parts of three are for what is thrown away at once. The usual size would let each thread grow by tens of MiB under
 * load; larger ones made requests no faster.
 */
const youngGenerationMb = 24

/** The other threads of the process that serve requests: how they start, what they are told and tell, how they end. */
export class ServingThreads {
  readonly #parts: ServingThreadsParts
  readonly #threads: Thread[] = []
  #timer: NodeJS.Timeout | undefined
  #listening = 0
  #ending = false

  constructor(parts: ServingThreadsParts) {
    this.#parts = parts
  }

  startSoon(): void {
    if (this.#parts.count === 0) return
    process.on('exit', this.#drainAll)
    this.#timer = setTimeout(() => {
      for (let thread = 1; thread <= this.#parts.count; thread++) this.#start(thread)
    }, startDelayMs)
  }

  /** There may be more events to read. */
  published(from?: Worker): void {
    for (const { worker } of this.#threads) {
      if (worker !== from) worker.postMessage({ say: 'published' } satisfies ToThread)
    }
  }

  /** They go on, and say that they will not for long. None starts any more. */
  leave(): void {
    clearTimeout(this.#timer)
    for (const { worker } of this.#threads) worker.postMessage({ say: 'leave' } satisfies ToThread)
  }

  /** Lets the running requests of all of them end within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#ending = true
    clearTimeout(this.#timer)
    await Promise.all(this.#threads.map((thread) => this.#close(thread, graceMs)))
    process.off('exit', this.#drainAll)
  }

  async #close({ worker, closed, ended }: Thread, graceMs: number): Promise<void> {
    worker.postMessage({ say: 'close', graceMs } satisfies ToThread)
    const late = setTimeout(() => {
      this.#parts.telemetry.warn('a thread that serves requests did not end in time', {
        thread: worker.threadId,
      })
      closed.resolve()
    }, graceMs + closeTimeMs)
    await Promise.race([closed.promise, ended])
    clearTimeout(late)
    await worker.terminate()
    await ended
  }

  #start(thread: number): void {
    const { port1: lines, port2: theirs } = new MessageChannel()
    const data = this.#parts.dataOf(thread)
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    const cache = getCompileCacheDir()
    const worker = new Worker(new URL(`./serving-thread${extension}`, import.meta.url), {
      name: `http ${thread}`,
      workerData: { ...data, lines: theirs } satisfies ThreadData,
      transferList: data.store === undefined ? [theirs] : [data.store.port, theirs],
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    })
    const ended = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const { turns, telemetry } = this.#parts
    const desk = new UploadDesk(
      turns,
      (message) => worker.postMessage(message),
      (message, error, fields) => telemetry.error(message, error, fields),
    )
    let cause: unknown
    lines.on('message', (line: string) => this.#parts.writeLine(line))
    worker.on('message', (message: FromThread) => {
      if (message.say === 'closed') closed.resolve()
      else this.#hear(message, worker, desk)
    })
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (code) => {
      this.#drain(lines)
      lines.close()
      ended.resolve()
      this.#lost(thread, cause ?? new Error(`the thread ended with code ${code}`))
    })
    this.#threads.push({ worker, lines, ended: ended.promise, closed })
  }

  #hear(message: Exclude<FromThread, { say: 'closed' }>, worker: Worker, desk: UploadDesk): void {
    switch (message.say) {
      case 'listening':
        this.#listening += 1
        if (this.#listening === this.#parts.count) {
          this.#parts.telemetry.info('several threads serve requests', { threads: this.#listening + 1 })
        }
        return
      case 'wake':
        this.#parts.wake()
        return
      case 'published':
        this.#parts.publish()
        this.published(worker)
        return
      case 'ask': {
        const { ticket } = message
        void this.#parts
          .heardByAll()
          .then(() => worker.postMessage({ say: 'heard', ticket } satisfies ToThread))
        return
      }
      case 'search': {
        const { ticket, call } = message
        void this.#parts
          .search(call)
          .then((answer) => worker.postMessage({ say: 'found', ticket, answer } satisfies ToThread))
        return
      }
      case 'take':
        void desk.take(message.ticket, message.upload)
        return
      case 'end':
        desk.end(message.ticket)
    }
  }

  #lost(thread: number, cause: unknown): void {
    if (this.#ending) return
    this.#ending = true
    this.#parts.telemetry.error('a thread that serves requests was lost; the process ends', cause, { thread })
    this.#parts.lost(cause)
  }

  /** What a thread has said and nobody has read yet must not get lost with it, or with the process. */
  #drain(lines: MessagePort): void {
    for (let line = receiveMessageOnPort(lines); line !== undefined; line = receiveMessageOnPort(lines)) {
      this.#parts.writeLine(line.message as string)
    }
  }

  readonly #drainAll = (): void => {
    for (const { lines } of this.#threads) this.#drain(lines)
  }
}
