import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type SearchField, searchFields } from '../../../domain/search.ts'
import { type FieldWords, type ScoredClause, scoreClauses } from '../../../domain/search-score.ts'
import { type EngineQuery, searchBounds } from '../../../ports/search/search.ts'
import type { ClauseMatcher, Matched } from './clause-matcher.ts'
import type { Columns } from './columns.ts'
import { valueAt } from './first-of.ts'
import { type Picked, pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'
import { withinFields } from './word-rows.ts'

/** Where a word says so much that whoever has it there comes before the others. */
const telling: readonly SearchField[] = ['name', 'title']
const shortFields = searchFields.filter((field) => field !== 'source')
const nothing: FieldWords = { name: [], title: [], description: [], topics: [], source: [] }

/**
 * The best of rows. Where there are many, those that have the words in their names and titles, and that many people use, are
 * chosen first; then what they say is scored as the registry will, but that their sources are not read.
 */
export class RankRows {
  readonly #columns: Columns
  readonly #matcher: ClauseMatcher
  readonly #order: TextOrder
  readonly #texts: StatementSync

  constructor(
    db: DatabaseSync,
    columns: Columns,
    { matcher, order }: { matcher: ClauseMatcher; order: TextOrder },
  ) {
    this.#columns = columns
    this.#matcher = matcher
    this.#order = order
    this.#texts = db.prepare(`SELECT ${shortFields.join(', ')} FROM texts WHERE row = ?`)
    this.#texts.setReturnArrays(true)
  }

  best(
    rows: Uint32Array,
    query: EngineQuery,
    { matched, limit }: { matched: Matched; limit: number },
  ): readonly Picked[] {
    if (limit === 0) return []
    const { clauses } = query
    const scored = clauses.map(({ alternatives, fields }, at): ScoredClause => {
      const counted = alternatives.map((one, n) => ({ ...one, documents: matched.frequencies[at]?.[n] ?? 0 }))
      return { alternatives: counted, ...(fields && { fields }) }
    })
    const { weight, documents, rows: all } = this.#columns
    /** What a clause says of a row that has its words in the source alone. */
    const least = scored.map((clause) => {
      const source = clause.alternatives[0]?.words ?? []
      return scoreClauses({ ...nothing, source }, [clause], documents)[0]?.score ?? 0
    })
    const chosen = rows.length <= searchBounds.hits ? rows : this.#chosen(rows, clauses, { matched, least })
    const values = Float64Array.from(chosen, (row) => {
      const scores = clauses.length === 0 ? [] : scoreClauses(this.#wordsOf(row), scored, documents)
      return scores.reduce(
        (sum, { score }, at) => sum + (score > 0 || !matched.has(at, row) ? score : (least[at] ?? 0)),
        weight[row] ?? 0,
      )
    })
    return pickRows(this.#order, { rows: chosen, values, all }, { limit, isDown: true, idsDown: false })
  }

  /** As many as may be hits at all. */
  #chosen(
    rows: Uint32Array,
    clauses: EngineQuery['clauses'],
    { matched, least }: { matched: Matched; least: readonly number[] },
  ): Uint32Array {
    if (clauses.length === 0) return rows
    const { weight } = this.#columns
    const told = clauses.map((clause) => this.#matcher.rowsOf(withinFields(clause, telling)))
    const values = Float64Array.from(rows, (row) => {
      let value = weight[row] ?? 0
      for (let at = 0; at < told.length; at++)
        if (told[at]?.has(row) === true) value += 4 * (least[at] ?? 0)
        else if (matched.has(at, row)) value += least[at] ?? 0
      return value
    })
    const most = searchBounds.hits
    const last = valueAt(values, most, true)
    const above = rows.filter((_, at) => (values[at] ?? 0) > last)
    const equal = rows.filter((_, at) => values[at] === last)
    return Uint32Array.from([...above, ...equal.subarray(0, most - above.length)]).sort()
  }

  #wordsOf(row: number): FieldWords {
    const texts = this.#texts.get(row) as unknown as readonly string[] | undefined
    const words = { ...nothing }
    shortFields.forEach((field, at) => {
      words[field] = texts?.[at]?.split(' ') ?? []
    })
    return words
  }
}
