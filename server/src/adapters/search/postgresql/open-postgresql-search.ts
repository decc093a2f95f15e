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
import { tablesOf } from './index-tables.ts'
import { areTablesThere, LastPointer, readPointer } from './pointer.ts'
import { prepareDatabase } from './prepare-database.ts'
import { beginRebuild } from './rebuild-index.ts'
import { openingFault } from './search-error-of.ts'
import {
  defaultSearchLimits,
  defaultSearchWaits,
  type PostgresqlSearchOptions,
  type SearchLimits,
  type SearchWaits,
} from './search-options.ts'
import { type Ask, SearchPool } from './search-pool.ts'
import { similarWords } from './similar-words.ts'

/**
 * Opens the index in a database, which any number of processes may have at once: tables `lading_search_*`, of which one
 * generation is the index and another one may be gathered beside it. Throws SearchError.
 */
export async function openPostgresqlSearch(options: PostgresqlSearchOptions): Promise<SearchEngine> {
  const { waits: givenWaits, limits: givenLimits, ...address } = options
  const waits = { ...defaultSearchWaits, ...givenWaits }
  const limits = { ...defaultSearchLimits, ...givenLimits }
  let pool: SearchPool
  try {
    pool = new SearchPool(address, limits, waits)
  } catch (error) {
    throw openingFault(error, {})
  }
  try {
    const version = await prepareDatabase(pool, address.schema, waits)
    return new PostgresqlSearch(pool, { limits, waits, version })
  } catch (error) {
    await pool.close()
    throw openingFault(error, {})
  }
}

interface Opened {
  readonly limits: SearchLimits
  readonly waits: SearchWaits
  /** Of the server. */
  readonly version: number
}

class PostgresqlSearch implements SearchEngine {
  readonly can = { shared: true, durable: true }
  readonly #pool: SearchPool
  readonly #limits: SearchLimits
  readonly #waits: SearchWaits
  readonly #pointer = new LastPointer()
  readonly #version: number
  readonly #kept: KeptCounts

  constructor(pool: SearchPool, { limits, waits, version }: Opened) {
    this.#pool = pool
    this.#limits = limits
    this.#waits = waits
    this.#version = version
    this.#kept = new KeptCounts(limits.keptCounts)
  }

  async mark(): Promise<Mark | undefined> {
    return await this.#pool.use(async (ask) => {
      try {
        const pointer = await readPointer(ask)
        return pointer !== undefined && (await areTablesThere(ask, pointer)) ? pointer.mark : undefined
      } catch (error) {
        if (error instanceof SearchError && error.kind === 'foreign') return undefined
        throw error
      }
    })
  }

  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    const limits = this.#limits
    return await this.#pool.change(
      this.#waits.changeMs,
      async (ask) => await applyChanges(ask, changes, { from, to, limits }),
    )
  }

  async rebuild(): Promise<Rebuilding> {
    return await beginRebuild(this.#pool, { limits: this.#limits, waits: this.#waits })
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    const [limits, kept] = [this.#limits, this.#kept]
    const answer = await this.#pool.use(
      async (ask) =>
        await this.#pointer.read(
          ask,
          async (pointer, current) => await answerQuery(ask, { pointer, current }, query, { limits, kept }),
        ),
      signal,
    )
    return answer ?? emptyAnswer(query)
  }

  async having(query: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    const found = await this.#pool.use(
      async (ask) =>
        await this.#pointer.read(ask, async (pointer) => await havingInSight(ask, pointer, query)),
      signal,
    )
    return found ?? query.clauses.map(() => 0)
  }

  async complete(query: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    const found = await this.#pool.use(
      async (ask) =>
        await this.#pointer.read(ask, async (pointer) => await completeNames(ask, pointer, query)),
      signal,
    )
    return found ?? []
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    const version = this.#version
    const found = await this.#pool.use(
      async (ask) =>
        await this.#pointer.read(
          ask,
          async (pointer) => await similarWords(ask, pointer, { query, version }),
        ),
      signal,
    )
    return found ?? query.words.map(() => [])
  }

  async list(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly version: number }[]> {
    const found = await this.#pool.use(
      async (ask) =>
        await this.#pointer.read(
          ask,
          async ({ generation }) => await listed(ask, generation, { after, limit }),
        ),
    )
    return found ?? []
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

async function listed(
  ask: Ask,
  generation: number,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly { readonly id: string; readonly version: number }[]> {
  const rows = await ask(
    `SELECT id, version FROM ${tablesOf(generation).docs} WHERE $1::text IS NULL OR id > $1::text ORDER BY id LIMIT $2::integer`,
    [after ?? null, limit],
  )
  return rows.map(([id, version]) => ({ id: String(id), version: Number(version) }))
}
