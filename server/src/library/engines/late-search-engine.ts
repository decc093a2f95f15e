import { SearchError } from '../../ports/search/errors.ts'
import type {
  CompletionQuery,
  EngineAnswer,
  EngineQuery,
  HavingQuery,
  IndexChange,
  Mark,
  Rebuilding,
  SearchEngine,
  SimilarQuery,
  SimilarWord,
} from '../../ports/search/search.ts'

/** Opens at the first call. Where it cannot be opened that call fails, and the next one tries again. */
export class LateSearchEngine implements SearchEngine, AsyncDisposable {
  readonly can: SearchEngine['can']
  readonly #open: () => Promise<SearchEngine>
  #opening: Promise<SearchEngine> | undefined
  #isClosed = false

  constructor(can: SearchEngine['can'], open: () => Promise<SearchEngine>) {
    this.can = can
    this.#open = open
  }

  async mark(): Promise<Mark | undefined> {
    return await (await this.#opened()).mark()
  }

  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    return await (await this.#opened()).apply(changes, from, to)
  }

  async rebuild(): Promise<Rebuilding> {
    return await (await this.#opened()).rebuild()
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    return await (await this.#opened()).query(query, signal)
  }

  async having(query: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    return await (await this.#opened()).having(query, signal)
  }

  async complete(query: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    return await (await this.#opened()).complete(query, signal)
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    return await (await this.#opened()).similar(query, signal)
  }

  async list(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly version: number }[]> {
    return await (await this.#opened()).list(after, limit)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.then(
      (engine) => engine.close(),
      () => {},
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #opened(): Promise<SearchEngine> {
    if (this.#isClosed) throw new SearchError('closed', 'the search engine was closed')
    this.#opening ??= this.#open().catch((cause: unknown) => {
      this.#opening = undefined
      if (cause instanceof SearchError) throw cause
      throw new SearchError('unavailable', 'the search engine cannot be opened', { cause })
    })
    return this.#opening
  }
}
