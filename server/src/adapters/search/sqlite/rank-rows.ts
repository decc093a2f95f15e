import type { DatabaseSync } from 'node:sqlite'
import { searchFields } from '../../../domain/search.ts'
import { clauseScorer, estimateOf, type FieldWords, scoreClauses } from '../../../domain/search-score.ts'
import { type EngineQuery, estimatedBy } from '../../../ports/search/search.ts'
import type { ClauseMatcher, Matched } from './clause-matcher.ts'
import type { Columns } from './columns.ts'
import { valueAt } from './first-of.ts'
import { ManyRows } from './many-rows.ts'
import { type Picked, pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'
import { telling, withinFields } from './word-rows.ts'

const shortFields = searchFields.filter((field) => field !== 'source')
/** So many are scored by their texts, however many hits are asked for: whoever asks for more of them gets the same ones first. */
const most = 300
const nothing: FieldWords = { name: [], title: [], description: [], topics: [], source: [] }

/**
 * The best of rows. Where there are many, those that have the words in their names and titles, and that many people use, are
 * chosen first; then what they say is scored as the registry will, but that their sources are not read. The others stand
 * behind them as they were chosen.
 */
export class RankRows {
  readonly #columns: Columns
  readonly #matcher: ClauseMatcher
  readonly #order: TextOrder
  readonly #texts: ManyRows

  constructor(
    db: DatabaseSync,
    columns: Columns,
    { matcher, order }: { matcher: ClauseMatcher; order: TextOrder },
  ) {
    this.#columns = columns
    this.#matcher = matcher
    this.#order = order
    this.#texts = new ManyRows(db, 'texts', shortFields)
  }

  best(
    rows: Uint32Array,
    query: EngineQuery,
    { matched, limit }: { matched: Matched; limit: number },
  ): readonly Picked[] {
    if (limit === 0) return []
    const clauses = estimatedBy(query)
    /** What a clause says of a row that has its words in the source alone. */
    const least = clauses.map(({ fields: _, ...anywhere }) => {
      const source = anywhere.alternatives[0]?.words ?? []
      return scoreClauses({ ...nothing, source }, [anywhere])[0]?.score ?? 0
    })
    const isAll = clauses.length === 0 || rows.length <= most
    const order = isAll
      ? rows
      : this.#byChance(rows, clauses, { matched, least, count: Math.max(most, limit) })
    const scored = this.#scored(isAll ? order : order.slice(0, most), clauses, { matched, least, limit })
    const others = isAll ? [] : [...order.subarray(most, limit)]
    const ids = this.#order.idsOf(others)
    return [
      ...scored,
      // Less than any score.
      ...others.map((row, at): Picked => ({ row, id: ids.get(row) ?? '', value: -1 - at })),
    ]
  }

  #scored(
    rows: Uint32Array,
    clauses: EngineQuery['clauses'],
    { matched, least, limit }: { matched: Matched; least: readonly number[]; limit: number },
  ): readonly Picked[] {
    const { weight, rows: all } = this.#columns
    const values = new Float64Array(rows.length)
    const scoresOf = clauseScorer(clauses)
    const texts = clauses.length === 0 ? new Map() : this.#texts.of([...rows])
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0
      const scores = clauses.length === 0 ? [] : scoresOf(wordsIn(texts.get(row)))
      let said = 0
      for (const [n, { score }] of scores.entries())
        said += score > 0 || !matched.has(n, row) ? score : (least[n] ?? 0)
      values[at] = estimateOf(said, weight[row] ?? 0)
    }
    return pickRows(this.#order, { rows, values, all }, { limit, isDown: true, idsDown: false })
  }

  /** The first ones by what is known without their texts, those of the best chances before the others. */
  #byChance(
    rows: Uint32Array,
    clauses: EngineQuery['clauses'],
    { matched, least, count }: { matched: Matched; least: readonly number[]; count: number },
  ): Uint32Array {
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
    const last = valueAt(values, count, true)
    const places: number[] = []
    for (let at = 0; at < rows.length; at++) if ((values[at] ?? 0) > last) places.push(at)
    places.sort((one, other) => (values[other] ?? 0) - (values[one] ?? 0) || one - other)
    for (let at = 0; at < rows.length && places.length < count; at++) if (values[at] === last) places.push(at)
    return Uint32Array.from(places, (at) => rows[at] ?? 0)
  }
}

function wordsIn(texts: readonly string[] | undefined): FieldWords {
  const words = { ...nothing }
  shortFields.forEach((field, at) => {
    words[field] = texts?.[at]?.split(' ') ?? []
  })
  return words
}
