import { RegistryError } from '../../domain/error.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'

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
}

/** Asks the engine that was configured, and where that does not answer the store's own. */
export class Searchers {
  readonly #options: SearchersOptions
  readonly #unready = new Set<string>()
  #askAgainAt = 0

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
    const { main } = this.#options
    return this.isReady(main.name) && this.isAsked(main.name)
  }

  /** @throws RegistryError `unavailable`: no engine answers */
  async ask<T>(work: (engine: SearchEngine, signal: AbortSignal) => Promise<T>): Promise<Answered<T>> {
    const { main, fallback, clock, telemetry, pause } = this.#options
    let cause: unknown
    if (this.isWhole)
      try {
        return { value: await this.#within(main, work), engine: main.name, degraded: false }
      } catch (error) {
        if (!(error instanceof SearchError)) throw error
        cause = error
        if (fallback !== undefined) {
          this.#askAgainAt = clock.monotonic() + pause
          telemetry.warn('the search engine does not answer; the one of the store does meanwhile', {
            engine: main.name,
            reason: error.message,
          })
        }
      }
    if (fallback !== undefined && !this.#unready.has(fallback.name))
      try {
        return { value: await this.#within(fallback, work), engine: fallback.name, degraded: true }
      } catch (error) {
        if (!(error instanceof SearchError)) throw error
        cause = error
      }
    const reason =
      cause === undefined ? 'the search index is being built' : 'no search engine answers at present'
    throw new RegistryError('unavailable', { reason, retryAfterMs: pause }, { cause })
  }

  async #within<T>(
    { engine, name }: NamedEngine,
    work: (engine: SearchEngine, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { timeout } = this.#options
    const late = new SearchError('timeout', `${name} has not answered within ${timeout} ms`)
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(late), timeout)
    try {
      return await work(engine, ended.signal)
    } finally {
      clearTimeout(timer)
    }
  }
}
