import { SearchError } from '../../../ports/search/errors.ts'
import type { Mark, Rebuilding, SearchDocument } from '../../../ports/search/search.ts'
import { namedLabels, writeRows } from './document-rows.ts'
import {
  createIndexesSql,
  createTablesSql,
  dropTablesSql,
  type IndexTables,
  indexFormat,
  tablesOf,
} from './index-tables.ts'
import { giveNumbers } from './label-ids.ts'
import { vocabularyOf } from './lexemes.ts'
import type { SearchLimits, SearchWaits } from './search-options.ts'
import type { Ask, SearchPool } from './search-pool.ts'
import { WordCounts } from './vocabulary.ts'

/** Makes the tables of another generation, and throws away those that nobody fills any more. */
export async function beginRebuild(
  pool: SearchPool,
  { limits, waits }: { readonly limits: SearchLimits; readonly waits: SearchWaits },
): Promise<Rebuilding> {
  await dropAbandoned(pool, waits)
  const generation = await pool.change(waits.buildMs, async (ask) => {
    const [[given] = []] = await ask(
      'INSERT INTO lading_search_generations (touched) VALUES (clock_timestamp()) RETURNING generation',
    )
    for (const sql of createTablesSql(tablesOf(Number(given)))) await ask(sql)
    return Number(given)
  })
  return new GatheringIndex(pool, { generation, limits, waits })
}

class GatheringIndex implements Rebuilding {
  readonly #pool: SearchPool
  readonly #generation: number
  readonly #tables: IndexTables
  readonly #limits: SearchLimits
  readonly #waits: SearchWaits
  readonly #counts = new WordCounts()
  #documents = 0
  #hasLong = false
  #isOver = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    pool: SearchPool,
    {
      generation,
      limits,
      waits,
    }: { readonly generation: number; readonly limits: SearchLimits; readonly waits: SearchWaits },
  ) {
    this.#pool = pool
    this.#generation = generation
    this.#tables = tablesOf(generation)
    this.#limits = limits
    this.#waits = waits
  }

  async add(documents: readonly SearchDocument[]): Promise<void> {
    await this.#inTurn(async () => {
      this.#requireGathering()
      if (documents.length === 0) return
      await this.#pool.change(this.#waits.buildMs, async (ask) => {
        await this.#touch(ask)
        const numbers = await giveNumbers(ask, this.#tables, namedLabels(documents))
        const given = await ask(
          `SELECT nextval('${this.#tables.numbers}') FROM generate_series(1, ${documents.length})`,
        )
        const { lexemeBytes } = this.#limits
        const rows = documents.map((document, at) => ({
          n: Number(given[at]?.[0]),
          document,
          isThere: false,
          isSaidAnew: true,
          isBegunAnew: true,
        }))
        if (await writeRows(ask, this.#tables, { rows, numbers, lexemeBytes })) this.#hasLong = true
        for (const { words } of documents) this.#counts.add(vocabularyOf(words), 1)
        if (this.#counts.size >= this.#limits.countedWords) await this.#counts.write(ask, this.#tables)
      })
      this.#documents += documents.length
    })
  }

  async finish(mark: Mark): Promise<void> {
    await this.#inTurn(async () => {
      this.#requireGathering()
      await this.#pool.change(this.#waits.buildMs, async (ask) => {
        await ask(`SELECT set_config('maintenance_work_mem', $1, true)`, [`${this.#limits.buildMemory}MB`])
        await this.#counts.write(ask, this.#tables)
        for (const sql of createIndexesSql(this.#tables)) await ask(sql)
      })
      const before = await this.#pool.change(this.#waits.changeMs, async (ask) => {
        await this.#touch(ask)
        const [[old] = []] = await ask('SELECT generation FROM lading_search_state FOR UPDATE')
        await ask(
          `INSERT INTO lading_search_state (one, format, generation, mark, changes, documents, has_long)
            VALUES (true, $1, $2, $3, 1, $4, $5) ON CONFLICT (one) DO UPDATE SET format = EXCLUDED.format,
            generation = EXCLUDED.generation, mark = EXCLUDED.mark, changes = lading_search_state.changes + 1,
            documents = EXCLUDED.documents, has_long = EXCLUDED.has_long`,
          [indexFormat, this.#generation, mark, this.#documents, this.#hasLong],
        )
        return old === undefined ? undefined : Number(old)
      })
      this.#isOver = true
      if (before !== undefined) await dropLater(this.#pool, before, this.#waits)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#isOver) return
      this.#isOver = true
      await dropLater(this.#pool, this.#generation, this.#waits)
    })
  }

  /** Whoever throws away what is abandoned waits for this, or has done so before. */
  async #touch(ask: Ask): Promise<void> {
    const [row] = await ask(
      'UPDATE lading_search_generations SET touched = clock_timestamp() WHERE generation = $1 RETURNING generation',
      [this.#generation],
    )
    if (row === undefined)
      throw new SearchError(
        'foreign',
        'what was gathered was taken for abandoned, and thrown away: begin anew',
      )
  }

  #requireGathering(): void {
    this.#pool.requireOpen()
    if (this.#isOver) throw new SearchError('refused', 'this rebuild is over')
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    await turn
  }
}

/** What cannot be dropped now, since somebody asks of it or the server is away, is dropped by the next rebuild. */
async function dropLater(pool: SearchPool, generation: number, waits: SearchWaits): Promise<void> {
  try {
    await drop(pool, generation, waits)
  } catch (error) {
    if (!(error instanceof SearchError)) throw error
  }
}

async function drop(pool: SearchPool, generation: number, waits: SearchWaits): Promise<void> {
  await pool.change(waits.queryMs * 2, async (ask) => {
    await ask('DELETE FROM lading_search_generations WHERE generation = $1', [generation])
    const [[index] = []] = await ask('SELECT generation FROM lading_search_state')
    if (index !== undefined && Number(index) === generation)
      throw new SearchError('refused', 'it has become the index meanwhile')
    for (const sql of dropTablesSql(tablesOf(generation))) await ask(sql)
  })
}

/** Generations that are not the index, and of which nobody has given a sign of life for long. */
async function dropAbandoned(pool: SearchPool, waits: SearchWaits): Promise<void> {
  const rows = await pool.use(
    async (ask) =>
      await ask(
        `SELECT generation FROM lading_search_generations g WHERE touched < clock_timestamp() - make_interval(secs => $1)
          AND NOT EXISTS (SELECT FROM lading_search_state s WHERE s.generation = g.generation)`,
        [waits.abandonedMs / 1_000],
      ),
  )
  for (const [generation] of rows) await dropLater(pool, Number(generation), waits)
}
