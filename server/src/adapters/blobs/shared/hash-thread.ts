import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { HashAnswer, HashQuestion } from './hash-on-thread.ts'

/** Without anything to hash for so long the thread ends; what was still open on it is read again when it is sealed. */
const idleMs = 60_000

/** What is used of a `Worker`. */
export interface Thread {
  postMessage(question: HashQuestion): void
  on(event: 'message', listener: (answer: HashAnswer) => void): unknown
  on(event: 'online' | 'exit', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  ref(): void
  unref(): void
  terminate(): Promise<unknown>
}

/** A hash whose state is on the thread. Told in order; each question has one answer, in the same order. */
export interface ThreadHash {
  readonly onThread: true
  update(bytes: Uint8Array): Promise<void>
  hex(): Promise<string | undefined>
  forget(): void
}

/**
 * A thread for the hashes of large content, started when there is first some, and ended when there is none. There is one
 * for each thread that serves requests, at the most.
 */
export class HashThread {
  readonly #start: () => Thread
  #running: RunningThread | undefined

  constructor(start: () => Thread = startHashThread) {
    this.#start = start
  }

  /** Undefined while the thread is coming up: who asks then is faster by itself. */
  begin(): ThreadHash | undefined {
    if (this.#running === undefined || this.#running.ended) this.#running = new RunningThread(this.#start())
    return this.#running.online ? this.#running.begin() : undefined
  }

  async close(): Promise<void> {
    await this.#running?.end()
  }
}

class RunningThread {
  readonly #thread: Thread
  readonly #waiting: ((answer: HashAnswer) => void)[] = []
  readonly #idle: NodeJS.Timeout
  #last = 0
  online = false
  ended = false

  constructor(thread: Thread) {
    this.#thread = thread
    this.#idle = setTimeout(() => void this.end(), idleMs)
    this.#idle.unref()
    thread.on('online', () => {
      this.online = true
    })
    thread.on('message', (answer) => {
      this.#waiting.shift()?.(answer)
      if (this.#waiting.length === 0) thread.unref()
    })
    // Without the thread nothing is wrong, only slower: whoever waits hears that the hash is lost.
    thread.on('error', () => this.#lose())
    thread.on('exit', () => this.#lose())
    thread.unref()
  }

  begin(): ThreadHash {
    const hash = ++this.#last
    let lost = false
    return {
      onThread: true,
      update: async (bytes) => {
        lost ||= (await this.#ask({ hash, bytes })) === undefined
      },
      hex: () => (lost ? Promise.resolve(undefined) : this.#ask({ hash })),
      forget: () => {
        if (!this.ended) this.#thread.postMessage({ hash, forget: true })
      },
    }
  }

  async end(): Promise<void> {
    this.#lose()
    await this.#thread.terminate()
  }

  #ask(question: HashQuestion): Promise<HashAnswer> {
    if (this.ended) return Promise.resolve(undefined)
    this.#idle.refresh()
    // A process that waits for nothing but this must not end meanwhile.
    if (this.#waiting.length === 0) this.#thread.ref()
    this.#thread.postMessage(question)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #lose(): void {
    this.ended = true
    clearTimeout(this.#idle)
    for (const answer of this.#waiting.splice(0)) answer(undefined)
  }
}

function startHashThread(): Thread {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const cache = getCompileCacheDir()
  return new Worker(new URL(`./hash-on-thread${extension}`, import.meta.url), {
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
    // It needs none of the flags that the process was started with, and some refuse to be passed on.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  })
}
