import { SearchError } from '../../../ports/search/errors.ts'
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
} from '../../../ports/search/search.ts'
import { KeptCounts } from '../shared/kept-counts.ts'
import { answerQuery, emptyAnswer } from './answer-query.ts'
import { applyChanges } from './apply-changes.ts'
import { completeNames } from './complete-names.ts'
import { havingInSight } from './having-in-sight.ts'
import { docsIn, isGenerationThere } from './index-collections.ts'
import { askIndex, readPointer } from './pointer.ts'
import { beginRebuild } from './rebuild-index.ts'
import { SearchConnection } from './search-connection.ts'
import {
  defaultSearchLimits,
  defaultSearchWaits,
  type MongodbSearchOptions,
  type SearchLimits,
  type SearchWaits,
} from './search-options.ts'
import { similarWords } from './similar-words.ts'
import { sortableText, sortedText } from './sortable-text.ts'

/**
 * Opens the index in a database, which any number of processes may have at once: collections `lading_search_*`, of which one
 * generation is the index and another one may be gathered beside it. It wants no transactions. Throws SearchError.
 */
export async function openMongodbSearch(options: MongodbSearchOptions): Promise<SearchEngine> {
  const { waits: givenWaits, limits: givenLimits, ...address } = options
  const waits = { ...defaultSearchWaits, ...givenWaits }
  const limits = { ...defaultSearchLimits, ...givenLimits }
  return new MongodbSearch(await SearchConnection.open(address, waits), limits, waits)
}

class MongodbSearch implements SearchEngine {
  readonly can = { shared: true, durable: true }
  readonly #connection: SearchConnection
  readonly #limits: SearchLimits
  readonly #waits: SearchWaits
  readonly #kept: KeptCounts

  constructor(connection: SearchConnection, limits: SearchLimits, waits: SearchWaits) {
    this.#connection = connection
    this.#limits = limits
    this.#waits = waits
    this.#kept = new KeptCounts(limits.keptCounts)
  }

  async mark(): Promise<Mark | undefined> {
    return await this.#connection.ask(async (asking) => {
      try {
        const pointer = await readPointer(asking)
        return pointer !== undefined && (await isGenerationThere(asking, pointer.generation))
          ? pointer.mark
          : undefined
      } catch (error) {
        if (error instanceof SearchError && error.kind === 'foreign') return undefined
        throw error
      }
    })
  }

  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    const pointer = await this.#connection.ask(readPointer)
    if (pointer === undefined || pointer.mark !== from) return 'moved'
    const { wordsAtOnce } = this.#limits
    return await this.#connection.change(
      async (changing) => await applyChanges(changing, pointer, { changes, to, wordsAtOnce }),
    )
  }

  async rebuild(): Promise<Rebuilding> {
    return await beginRebuild(this.#connection, { limits: this.#limits, waits: this.#waits })
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    const answering = { query, limits: this.#limits, kept: this.#kept }
    const answer = await this.#connection.ask(
      async (asking) =>
        await askIndex(asking, async (pointer) => await answerQuery(asking, pointer, answering)),
      signal,
    )
    return answer ?? emptyAnswer(query)
  }

  async having(query: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    const limits = this.#limits
    const found = await this.#connection.ask(
      async (asking) =>
        await askIndex(
          asking,
          async ({ generation }) => await havingInSight(asking, generation, { query, limits }),
        ),
      signal,
    )
    return found ?? query.clauses.map(() => 0)
  }

  async complete(query: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    const found = await this.#connection.ask(
      async (asking) =>
        await askIndex(asking, async ({ generation }) => await completeNames(asking, generation, query)),
      signal,
    )
    return found ?? []
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    const limits = this.#limits
    const found = await this.#connection.ask(
      async (asking) =>
        await askIndex(
          asking,
          async ({ generation }) => await similarWords(asking, generation, { query, limits }),
        ),
      signal,
    )
    return found ?? query.words.map(() => [])
  }

  async list(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly version: number }[]> {
    if (limit === 0) return []
    const found = await this.#connection.ask(
      async (asking) =>
        await askIndex(asking, async ({ generation }) => {
          const beyond = after === undefined ? {} : { _id: { $gt: sortableText(after) } }
          return await docsIn(asking.db, generation)
            .find({ live: 1, ...beyond }, { ...asking.options(), batchSize: limit + 1 })
            .project<{ _id: string; version: number }>({ version: 1 })
            .sort({ _id: 1 })
            .limit(limit)
            .toArray()
        }),
    )
    return (found ?? []).map(({ _id, version }) => ({ id: sortedText(_id), version }))
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}
