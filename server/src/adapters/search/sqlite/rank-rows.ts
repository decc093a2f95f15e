import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { searchFields } from '../../../domain/search.ts'
import { clauseScorer, estimateOf, type FieldWords, scoreClauses } from '../../../domain/search-score.ts'
import type { EngineQuery } from '../../../ports/search/search.ts'
import type { ClauseMatcher, Matched } from './clause-matcher.ts'
import type { Columns } from './columns.ts'
import { valueAt } from './first-of.ts'
import { type Picked, pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'
import { telling, withinFields } from './word-rows.ts'

const shortFields = searchFields.filter((field) => field !== 'source')
/** So many are scored by their texts for each hit that is asked for, and at least so many. */
const scoredPerHit = 2
const fewest = 100
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
    const { weight, rows: all } = this.#columns
    /** What a clause says of a row that has its words in the source alone. */
    const least = clauses.map(({ fields: _, ...anywhere }) => {
      const source = anywhere.alternatives[0]?.words ?? []
      return scoreClauses({ ...nothing, source }, [anywhere])[0]?.score ?? 0
    })
    const most = Math.max(fewest, scoredPerHit * limit)
    const chosen = rows.length <= most ? rows : this.#chosen(rows, clauses, { matched, least, most })
    const values = new Float64Array(chosen.length)
    const scoresOf = clauseScorer(clauses)
    for (let at = 0; at < chosen.length; at++) {
      const row = chosen[at] ?? 0
      const scores = clauses.length === 0 ? [] : scoresOf(this.#wordsOf(row))
      let said = 0
      for (const [n, { score }] of scores.entries())
        said += score > 0 || !matched.has(n, row) ? score : (least[n] ?? 0)
      values[at] = estimateOf(said, weight[row] ?? 0)
    }
    return pickRows(this.#order, { rows: chosen, values, all }, { limit, isDown: true, idsDown: false })
  }

  /** Those that are scored by their texts. */
  #chosen(
    rows: Uint32Array,
    clauses: EngineQuery['clauses'],
    { matched, least, most }: { matched: Matched; least: readonly number[]; most: number },
  ): Uint32Array {
    if (clauses.length === 0) return rows
    const { weight } = this.#columns
    const told = clauses.map((clause) => this.#matcher.rowsOf(withinFields(clause, telling)))
    const values = new Float64Array(rows.length)
    for (const [n, where] of told.entries()) {
      const some = least[n] ?? 0
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at] ?? 0
        if (where.has(row)) values[at] = (values[at] ?? 0) + 4 * some
        else if (matched.has(n, row)) values[at] = (values[at] ?? 0) + some
      }
    }
    for (let at = 0; at < rows.length; at++)
      values[at] = estimateOf(values[at] ?? 0, weight[rows[at] ?? 0] ?? 0)
    const last = valueAt(values, most, true)
    const chosen = new Uint32Array(most)
    let found = 0
    const take = (isTaken: (value: number) => boolean): void => {
      for (let at = 0; at < rows.length && found < most; at++)
        if (isTaken(values[at] ?? 0)) chosen[found++] = rows[at] ?? 0
    }
    take((value) => value > last)
    take((value) => value === last)
    return chosen.sort()
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
