import type { Access } from '../../core/access/access.ts'
import { registryId } from '../../core/care/registry-id.ts'
import type { Core } from '../../core/ledger/core.ts'
import { unhurried } from '../../core/ledger/unhurried.ts'
import { compareIndex, type IndexDifference } from '../../core/search/compare-index.ts'
import { indexEra } from '../../core/search/index-era.ts'
import type { IndexMark } from '../../core/search/index-mark.ts'
import { Indexer, type IndexLag } from '../../core/search/indexer.ts'
import { mendIndex } from '../../core/search/mend-index.ts'
import { withOwnMarks } from '../../core/search/own-marks.ts'
import { searchArtifacts } from '../../core/search/search-artifacts.ts'
import type { SearchRequest, SearchResult } from '../../core/search/search-request.ts'
import { type NamedEngine, Searchers, type SearchersOptions } from '../../core/search/searchers.ts'
import { suggest } from '../../core/search/suggest.ts'
import { Together } from '../../core/search/together.ts'
import type { Artifact } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Sight } from '../../domain/search.ts'

export type { IndexDifference, IndexLag, NamedEngine, SearchRequest, SearchResult }

/** What is searched with. Who opened the engines closes them, after `Searching.close`. */
export interface SearchParts extends Pick<SearchersOptions, 'main' | 'fallback' | 'timeout' | 'pause'> {
  /** How often the log of events is looked at, ms. */
  readonly interval: number
}

export interface Suggested {
  readonly artifacts: readonly Artifact[]
  readonly degraded: boolean
}

export interface NamedLag extends IndexLag {
  readonly engine: string
  /** Why it is not known, where the engine does not answer. */
  readonly error?: string
}

/** An index, and whoever keeps it as the store is. */
interface Kept {
  readonly named: NamedEngine
  readonly indexer: Indexer
  /** Answers where the index stands once it has come to where the log was; undefined where it cannot. Never rejects. */
  readonly catchingUp: Together<IndexMark | undefined>
}

/** The search of a registry: asks its engines, and keeps their indexes as the store is. */
export class Searching {
  readonly #core: Core
  readonly #searchers: Searchers
  readonly #indexers: readonly Kept[]
  readonly #closed = new AbortController()
  readonly #timeout: number
  #following: Promise<unknown> | undefined

  constructor(core: Core, { interval, main, fallback, ...parts }: SearchParts) {
    this.#core = core
    this.#timeout = parts.timeout
    const own = ({ name, engine }: NamedEngine): NamedEngine => ({
      name,
      engine: withOwnMarks(engine, async () => ({
        registry: await registryId(core),
        era: await indexEra(core),
      })),
    })
    this.#searchers = new Searchers({
      ...parts,
      main: own(main),
      ...(fallback && { fallback: own(fallback) }),
      clock: core.clock,
      telemetry: core.telemetry,
      watch: {
        at: (name) => this.#named(name).indexer.at,
        atNow: async (name) => await this.#named(name).indexer.atNow(),
        settle: async (name) => await this.#named(name).catchingUp.run(),
      },
    })
    this.#indexers = this.#searchers.engines.map((named) => {
      // Of one that is not built, nothing that it answers would be true.
      this.#searchers.setReady(named.name, false)
      const ready = (isReady: boolean): void => this.#searchers.setReady(named.name, isReady)
      const behind = (isBehind: boolean): void => this.#searchers.setBehind(named.name, isBehind)
      const indexer = new Indexer({ core, ...named, interval, pause: parts.pause, ready, behind })
      return { named, indexer, catchingUp: new Together(() => this.#caughtUp(indexer)) }
    })
  }

  /** @throws RegistryError `parameter-invalid`, `unavailable` */
  async search(sight: Sight, request: SearchRequest): Promise<SearchResult> {
    return await searchArtifacts(this.#core, this.#searchers, sight, request)
  }

  /** @throws RegistryError `parameter-invalid`, `unavailable` */
  async suggest(sight: Sight, text: string, limit: number): Promise<Suggested> {
    const { value, degraded } = await suggest(this.#core, this.#searchers, sight, { text, limit })
    return { artifacts: value, degraded }
  }

  /** Keeps the indexes as the store is, until it is closed. Again changes nothing. */
  follow(): void {
    this.#following ??= Promise.all(this.#indexers.map(({ indexer }) => indexer.follow(this.#closed.signal)))
  }

  /**
   * Brings every index that is asked at present to where the log is now; one that is being built is waited for where there is no
   * other. For who must find at once what was just made.
   * @param within ms; what takes longer goes on nevertheless
   * @returns names of the engines whose indexes are there. Never rejects: what fails is told by whoever follows
   */
  async catchUp(within?: number): Promise<readonly string[]> {
    const left = this.#indexers.filter(({ named }) => this.#searchers.isAsked(named.name))
    const ready = left.filter(({ named }) => this.#searchers.isReady(named.name))
    const asked = ready.length > 0 ? ready : left
    const there = await Promise.all(
      asked.map(async ({ catchingUp }) => await inTime(catchingUp.run(), within)),
    )
    return asked.flatMap(({ named }, at) => (there[at] === undefined ? [] : [named.name]))
  }

  /** There may be more events. */
  wake(): void {
    for (const { indexer } of this.#indexers) indexer.wake()
  }

  /** How far each index is behind the store. Never rejects. */
  async lags(): Promise<readonly NamedLag[]> {
    return await Promise.all(
      this.#indexers.map(async ({ indexer }): Promise<NamedLag> => {
        try {
          const lag = await inTime(indexer.lag(), this.#timeout)
          if (lag === undefined) throw new Error(`it has not answered within ${this.#timeout} ms`)
          return { engine: indexer.name, ...lag }
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          return { engine: indexer.name, entries: 0, ms: 0, isReady: false, error: reason }
        }
      }),
    )
  }

  /** The engine that was configured answers at present. */
  get isWhole(): boolean {
    return this.#searchers.isWhole
  }

  get engines(): readonly string[] {
    return this.#indexers.map(({ named }) => named.name)
  }

  /** Anew, while the old index answers. @returns how many artifacts it has. @throws RegistryError `parameter-invalid`: there is none of that name */
  async reindex(name: string, signal: AbortSignal, told?: (artifacts: number) => void): Promise<number> {
    return await this.#named(name).indexer.build(AbortSignal.any([signal, this.#closed.signal]), told)
  }

  /** What an index has otherwise than the store; nothing, where it is right. @throws as `reindex` */
  compare(name: string, signal: AbortSignal): AsyncGenerator<IndexDifference> {
    return compareIndex(this.#core, this.#named(name).named.engine, signal)
  }

  /**
   * Compares the indexes that somebody else may have changed with the store, and builds those anew that are otherwise. Takes
   * its time.
   * @returns how many artifacts each had otherwise, by the names of the engines
   */
  async mend(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
    const ended = AbortSignal.any([signal, this.#closed.signal])
    const core = unhurried(this.#core, ended)
    const found: Record<string, number> = {}
    for (const { named, indexer, catchingUp } of this.#indexers) {
      const { engine, name } = named
      if ((!engine.can.shared && !engine.can.durable) || !this.#searchers.isReady(name)) continue
      const catchUp = async (): Promise<unknown> => await catchingUp.run()
      const build = async (): Promise<unknown> => {
        core.telemetry.warn('a search index is not as the store is; it is built anew', { engine: name })
        return await indexer.build(ended)
      }
      const artifacts = await mendIndex(core, engine, { catchUp, build }, ended)
      if (artifacts > 0) core.telemetry.info('a search index was mended', { engine: name, artifacts })
      found[name] = artifacts
    }
    return found
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([this.#following, ...this.#indexers.map(({ catchingUp }) => catchingUp.idle())])
  }

  async #caughtUp(indexer: Indexer): Promise<IndexMark | undefined> {
    try {
      return await indexer.catchUp(this.#closed.signal)
    } catch {
      return undefined
    }
  }

  #named(name: string): Kept {
    const found = this.#indexers.find(({ named }) => named.name === name)
    if (found !== undefined) return found
    const reason = `there is no search engine ${name} here, but ${this.engines.join(' and ')}`
    throw new RegistryError('parameter-invalid', { parameter: 'engine', reason })
  }
}

/** undefined: it takes longer. */
async function inTime<T>(work: Promise<T>, within: number | undefined): Promise<T | undefined> {
  if (within === undefined) return await work
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), within)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** As the doors have it: who asks decides what there is. */
export interface RegistrySearch {
  /** What the principal may find, and nothing of anything else. @throws `parameter-invalid`, `unavailable`; `search-off` */
  search(principal: Principal, request: SearchRequest): Promise<SearchResult>
  /** Artifacts whose names go on like that. @throws as `search` */
  suggest(principal: Principal, text: string, limit: number): Promise<Suggested>
  /** How far each index is behind. */
  lags(): Promise<readonly NamedLag[]>
}

/** Of whichever thread has the engines. */
export type SearchFace = Pick<Searching, 'search' | 'suggest' | 'lags'>

export function searchFace(core: Core, search: SearchParts | SearchFace | undefined): SearchFace | undefined {
  if (search === undefined || !('main' in search)) return search
  return new Searching(core, search)
}

/** `search.engine` is `none`. */
export function searchOff(): RegistryError<'search-off'> {
  return new RegistryError('search-off', { setting: 'search.engine' })
}

export function bindSearch(access: Access, searching: SearchFace | undefined): RegistrySearch {
  const there = (): SearchFace => {
    if (searching === undefined) throw searchOff()
    return searching
  }
  return {
    search: async (principal, request) => await there().search(access.sight(principal), request),
    suggest: async (principal, text, limit) => await there().suggest(access.sight(principal), text, limit),
    lags: async () => (await searching?.lags()) ?? [],
  }
}
