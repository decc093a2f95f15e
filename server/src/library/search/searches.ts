import type { Searching } from '../../boot/compose/searching.ts'
import type { Composed } from '../../boot/compose.ts'
import { SearchError } from '../../ports/search/errors.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import type { Embedded, EmbeddedSearches, SearchFace } from '../embedded.ts'
import { openMemorySearch } from '../engines/memory.ts'
import type { OpenedEngines } from '../engines/opened-engines.ts'
import { UnavailableError } from '../errors.ts'
import { Underway } from '../underway.ts'
import { checkedEngine } from './checked-engine.ts'
import type { SearchBounds } from './search-bounds.ts'

interface Opened {
  readonly given: SearchEngine | undefined
  readonly bounds: SearchBounds
  readonly searching: Promise<Searching>
}

export interface SearchesParts extends Pick<Composed, 'searchOver'> {
  /** The store's own engine; memory where it has none. */
  readonly openSearch: OpenedEngines['openSearch']
  readonly committed: () => Embedded
}

/** The searches over a registry: one for each engine that somebody asks by it. Their indexes follow from the first use on. */
export class Searches implements EmbeddedSearches {
  readonly #parts: SearchesParts
  readonly #closed = new AbortController()
  readonly #underway = new Underway()
  readonly #opened: Opened[] = []
  #own: Promise<SearchEngine> | undefined

  constructor(parts: SearchesParts) {
    this.#parts = parts
  }

  async during<T>(
    engine: SearchEngine | undefined,
    bounds: SearchBounds,
    work: (face: SearchFace) => Promise<T>,
  ): Promise<T> {
    if (this.#closed.signal.aborted) throw closed()
    this.#underway.begin()
    try {
      return await work({ committed: this.#parts.committed(), searching: await this.#over(engine, bounds) })
    } catch (error) {
      throw this.#closed.signal.aborted ? closed() : sayable(error)
    } finally {
      this.#underway.end()
    }
  }

  /** What is asked of an engine is given up; engines that were given stay open. */
  async close(): Promise<void> {
    this.#closed.abort(new SearchError('closed', 'the backend was disconnected'))
    await this.#underway.idle()
    for (const { searching } of this.#opened)
      await searching.then(
        (one) => one.close(),
        () => {},
      )
    await this.#own?.then(
      (engine) => engine.close(),
      () => {},
    )
  }

  #over(given: SearchEngine | undefined, bounds: SearchBounds): Promise<Searching> {
    const known = this.#opened.find((one) => one.given === given && isSame(one.bounds, bounds))
    if (known !== undefined) return known.searching
    const opened = { given, bounds, searching: this.#open(given, bounds) }
    this.#opened.push(opened)
    // Whoever asks next tries again.
    opened.searching.catch(() => this.#opened.splice(this.#opened.indexOf(opened), 1))
    return opened.searching
  }

  async #open(given: SearchEngine | undefined, bounds: SearchBounds): Promise<Searching> {
    const { searchOver, openSearch } = this.#parts
    const own = given === undefined || openSearch !== undefined ? await this.#openOwn() : undefined
    const named = (name: string, engine: SearchEngine) => ({
      name,
      engine: checkedEngine(engine, this.#closed.signal),
    })
    const fallback = own && named('own', own)
    const main = given === undefined ? fallback : named('given', given)
    if (main === undefined) throw new UnavailableError('there is no search engine')
    const { timeout, pause, interval } = bounds
    const searching = searchOver({
      main,
      ...(fallback !== undefined && fallback !== main && { fallback }),
      timeout,
      pause,
      interval,
    })
    // Who asks first builds what is not there; one builder is enough.
    void searching.catchUp().then(() => {
      if (!this.#closed.signal.aborted) searching.follow()
    })
    return searching
  }

  #openOwn(): Promise<SearchEngine> {
    const { openSearch = openMemorySearch } = this.#parts
    this.#own ??= openSearch().catch((error: unknown) => {
      this.#own = undefined
      throw error
    })
    return this.#own
  }
}

/** An engine that cannot be opened is nobody's mistake. */
function sayable(cause: unknown): unknown {
  if (!(cause instanceof SearchError)) return cause
  return new UnavailableError(`the search engine cannot be opened: ${cause.message}`, { cause })
}

function isSame(one: SearchBounds, other: SearchBounds): boolean {
  return (Object.keys(one) as (keyof SearchBounds)[]).every((name) => one[name] === other[name])
}

function closed(): UnavailableError {
  return new UnavailableError('the backend is not connected: call connect() first')
}
