import { setTimeout as pause } from 'node:timers/promises'
import { SearchError } from '../../../../ports/search/errors.ts'
import { isBusy, isMissing, searchErrorOf } from './search-error-of.ts'
import type { ElasticAnswer, ElasticRequest, ElasticTransport } from './transport.ts'

export interface Asking {
  readonly timeoutMs: number
  /** Of whoever asks; aborted, it ends the wait at once. */
  readonly signal?: AbortSignal | undefined
  /** Statuses that are an answer and no error; every one below 400 is. */
  readonly accepts?: readonly number[]
}

/** First pause before something is tried again; each further one is twice as long, and chance shortens it. */
const firstPauseMs = 40

/** What is said to a server: in time, and no more once it is closed. */
export class Conversation {
  readonly #transport: ElasticTransport
  readonly #retries: number
  readonly #closing = new AbortController()

  constructor(transport: ElasticTransport, retries: number) {
    this.#transport = transport
    this.#retries = retries
  }

  get product(): string {
    return this.#transport.product
  }

  requireOpen(): void {
    if (this.#closing.signal.aborted) throw this.#closed()
  }

  /** @throws SearchError; the signal's reason */
  async ask(request: ElasticRequest, asking: Asking): Promise<ElasticAnswer> {
    const { timeoutMs, signal, accepts = [] } = asking
    this.requireOpen()
    signal?.throwIfAborted()
    const answer = await this.#within(timeoutMs, signal, (ended) => this.#send(request, timeoutMs, ended))
    if (answer.status < 400 || accepts.includes(answer.status)) return answer
    throw searchErrorOf(this.product, answer)
  }

  /** As `ask`; undefined where the index is not there. */
  async askIndex(request: ElasticRequest, asking: Asking): Promise<ElasticAnswer | undefined> {
    const answer = await this.ask(request, { ...asking, accepts: [...(asking.accepts ?? []), 404] })
    if (answer.status !== 404 || asking.accepts?.includes(404) === true) return answer
    if (isMissing(answer)) return undefined
    throw searchErrorOf(this.product, answer)
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    await this.#transport.close()
  }

  /** Again where it is busy, a few times. */
  async #send(request: ElasticRequest, timeoutMs: number, signal: AbortSignal): Promise<ElasticAnswer> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#transport.send(request, { signal, timeoutMs })
      if (tries >= this.#retries || !isBusy(answer)) return answer
      await pause(firstPauseMs * 2 ** tries * (0.5 + Math.random() / 2), undefined, { signal })
    }
  }

  /** Waits no longer than that, whatever the transport does. */
  async #within<T>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    call: (ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ended = new AbortController()
    let stop = (): void => {}
    const over = new Promise<never>((_, reject) => {
      const end = (reason: unknown): void => {
        reject(reason)
        ended.abort()
      }
      const late = `${this.product} did not answer within ${timeoutMs} ms`
      const timer = setTimeout(() => end(new SearchError('timeout', late)), timeoutMs)
      const given = (): void => end(signal?.reason)
      const closed = (): void => end(this.#closed())
      signal?.addEventListener('abort', given, { once: true })
      this.#closing.signal.addEventListener('abort', closed, { once: true })
      stop = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', given)
        this.#closing.signal.removeEventListener('abort', closed)
      }
    })
    try {
      return await Promise.race([over, call(ended.signal)])
    } finally {
      stop()
    }
  }

  #closed(): SearchError {
    return new SearchError('closed', 'the search engine was closed')
  }
}
