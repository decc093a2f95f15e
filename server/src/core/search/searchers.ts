import { RegistryError } from '../../domain/error.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import type { IndexMark } from './index-mark.ts'

/** An engine under the name that people know it by. */
export interface NamedEngine {
  readonly name: string
  readonly engine: SearchEngine
}

export interface Answered<T> {
  readonly value: T
  readonly engine: string
  readonly degraded: boolean
}

/** How far the indexes of engines have followed the log. */
export interface IndexWatch {
  /** As far as is known before it is asked: what it answers then is no older, unless another one is in its place. */
  at(name: string): IndexMark | undefined
  /** As its engine says. @throws SearchError */
  atNow(name: string): Promise<IndexMark | undefined>
  /** Brings it to where the log is. @returns where that is; undefined: it cannot come there */
  settle(name: string): Promise<IndexMark | undefined>
}

export interface SearchersOptions {
  /** The one that is asked first. */
  readonly main: NamedEngine
  /** Asked where the first one fails: the store's own. */
  readonly fallback?: NamedEngine
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** How long an answer may take, ms. */
  readonly timeout: number
  /** After a failure the main one is left alone for so long, ms. */
  readonly pause: number
  /** Where nothing is said nothing is hidden while there are indexes. */
  readonly watch?: IndexWatch
}

/** What is done with one engine, until the signal aborts. */
export type EngineWork<T> = (engine: SearchEngine, signal: AbortSignal, name: string) => Promise<T>

/** Why the main engine does not answer; or nobody. */
interface Failure {
  readonly isNobody: boolean
  readonly reason: string
}

/** Asks the engine that was configured, and where that does not answer the store's own. */
export class Searchers {
  readonly #options: SearchersOptions
  readonly #unready = new Set<string>()
  readonly #behind = new Set<string>()
  #askAgainAt = 0
  /** Refused questions are told of once in a pause, however many are asked. */
  #tellAgainAt = 0
  #hasFailed = false
  /** Somebody tries whether it answers again. */
  #isTried = false
  /** What the operator was told last of it; undefined: it answers. */
  #told: Failure | undefined
  #toldAt = 0

  constructor(options: SearchersOptions) {
    this.#options = options
  }

  get engines(): readonly NamedEngine[] {
    const { main, fallback } = this.#options
    return fallback === undefined ? [main] : [main, fallback]
  }

  /** An index that is not built yet is not asked. */
  setReady(name: string, isReady: boolean): void {
    if (isReady) this.#unready.delete(name)
    else this.#unready.add(name)
  }

  /** An index that does not follow the store is asked only where no other one does. */
  setBehind(name: string, isBehind: boolean): void {
    if (isBehind) this.#behind.add(name)
    else this.#behind.delete(name)
  }

  /** Its index was built. */
  isReady(name: string): boolean {
    return !this.#unready.has(name)
  }

  /** It is not left alone after a failure. */
  isAsked(name: string): boolean {
    const { main, clock } = this.#options
    return name !== main.name || clock.monotonic() >= this.#askAgainAt
  }

  /** The main one is asked at present. */
  get isWhole(): boolean {
    const { main, fallback } = this.#options
    const isLeft =
      fallback !== undefined &&
      this.#behind.has(main.name) &&
      !this.#behind.has(fallback.name) &&
      this.isReady(fallback.name)
    return this.isReady(main.name) && this.isAsked(main.name) && !isLeft
  }

  get watch(): IndexWatch | undefined {
    return this.#options.watch
  }

  /** @throws RegistryError `unavailable`: no engine answers; `parameter-invalid`: none takes such a question */
  async ask<T>(work: EngineWork<T>): Promise<Answered<T>> {
    const { main, fallback, pause } = this.#options
    let cause: SearchError | undefined
    // One that has failed is tried by one search at a time: the others need not wait for it.
    const isTrial = this.#hasFailed
    if (this.isWhole && !(isTrial && this.#isTried))
      try {
        if (isTrial) this.#isTried = true
        const value = await this.#within(main, work)
        this.#hasFailed = false
        this.#tellAnswers()
        return { value, engine: main.name, degraded: false }
      } catch (error) {
        if (!(error instanceof SearchError)) throw error
        cause = error
        if (error.kind === 'question') this.#refused(error)
        else if (fallback !== undefined) this.#failed(error)
      } finally {
        if (isTrial) this.#isTried = false
      }
    if (fallback !== undefined && !this.#unready.has(fallback.name))
      try {
        const value = await this.#within(fallback, work)
        if (this.#told?.isNobody) this.#tellAnswers()
        return { value, engine: fallback.name, degraded: true }
      } catch (error) {
        if (!(error instanceof SearchError)) throw error
        cause = error
      }
    if (cause?.kind === 'question')
      throw new RegistryError(
        'parameter-invalid',
        { parameter: 'q', reason: `${main.name} does not take such a question: ask for less` },
        { cause },
      )
    const reason =
      cause === undefined ? 'the search index is being built' : 'no search engine answers at present'
    this.#tell({ isNobody: true, reason: cause === undefined ? reason : cause.message })
    throw new RegistryError('unavailable', { reason, retryAfterMs: pause, isTold: true }, { cause })
  }

  /** It has answered: it is not away, whoever asks it for what it does not take. */
  #refused(error: SearchError): void {
    const { main, clock, telemetry, pause } = this.#options
    this.#hasFailed = false
    if (clock.monotonic() < this.#tellAgainAt) return
    this.#tellAgainAt = clock.monotonic() + pause
    telemetry.warn('the search engine does not take a question; others it answers', {
      engine: main.name,
      reason: error.message,
    })
  }

  #failed(error: SearchError): void {
    const { clock, pause } = this.#options
    this.#hasFailed = true
    this.#askAgainAt = clock.monotonic() + pause
    if (!this.#told?.isNobody) this.#tell({ isNobody: false, reason: error.message })
  }

  /** Once for as long as it is the same, however many ask. */
  #tell(failure: Failure): void {
    const { main, clock, telemetry } = this.#options
    const { isNobody, reason } = failure
    const isSame = this.#told?.isNobody === isNobody && this.#told.reason === reason
    const tell = isSame ? telemetry.debug.bind(telemetry) : telemetry.warn.bind(telemetry)
    this.#told = failure
    this.#toldAt = clock.monotonic()
    if (isNobody) tell('nothing can be searched', { reason })
    else
      tell('the search engine does not answer; the one of the store does meanwhile', {
        engine: main.name,
        reason,
      })
  }

  /** One that answers every other question has not come back. */
  #tellAnswers(): void {
    const { clock, telemetry, pause } = this.#options
    if (this.#told === undefined || clock.monotonic() - this.#toldAt < pause) return
    this.#told = undefined
    telemetry.info('searches are answered again')
  }

  /** No longer than that, whether the engine hears of its end or not. */
  async #within<T>({ engine, name }: NamedEngine, work: EngineWork<T>): Promise<T> {
    const { timeout } = this.#options
    const late = new SearchError('timeout', `${name} has not answered within ${timeout} ms`)
    const ended = new AbortController()
    const over = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      over.reject(late)
      ended.abort(late)
    }, timeout)
    try {
      return await Promise.race([over.promise, work(engine, ended.signal, name)])
    } finally {
      clearTimeout(timer)
    }
  }
}
