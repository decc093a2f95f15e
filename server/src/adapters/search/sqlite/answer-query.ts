import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type SearchField, searchFields, searchNumbers } from '../../../domain/search.ts'
import {
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  type HavingQuery,
  searchBounds,
} from '../../../ports/search/search.ts'
import type { ClauseMatcher, Matched, Rest } from './clause-matcher.ts'
import type { Columns } from './columns.ts'
import { compileSight, countInSight } from './compile-sight.ts'
import { narrowed } from './count-facets.ts'
import { ManyRows } from './many-rows.ts'
import { type Picked, pickRows } from './pick-rows.ts'
import { RankRows } from './rank-rows.ts'
import type { TextOrder } from './text-order.ts'

/** Answers queries over one index, at the state that the columns have. */
export class QueryAnswering {
  readonly #columns: Columns
  readonly #matcher: ClauseMatcher
  readonly #order: TextOrder
  readonly #ranking: RankRows
  readonly #named: StatementSync
  readonly #texts: ManyRows

  constructor(
    db: DatabaseSync,
    columns: Columns,
    { matcher, order }: { matcher: ClauseMatcher; order: TextOrder },
  ) {
    this.#columns = columns
    this.#matcher = matcher
    this.#order = order
    this.#ranking = new RankRows(db, columns, { matcher, order })
    this.#named = db.prepare('SELECT row FROM names WHERE name = ?')
    this.#texts = new ManyRows(db, 'texts', searchFields)
  }

  answer(query: EngineQuery, rest: Rest): EngineAnswer {
    const matched = this.#matcher.match(query, rest)
    rest()
    const { rows, facets } = narrowed(this.#columns, matched.rows.rows(), query)
    rest()
    return {
      hits: this.#hits(rows, query, matched),
      total: rows.length,
      facets,
      documents: this.#columns.documents,
    }
  }

  having({ clauses, sight }: HavingQuery, rest: Rest): readonly number[] {
    const isInSight = compileSight(this.#columns, sight)
    return clauses.map((clause) => {
      rest()
      const rows = this.#matcher.rowsOf(clause).rows()
      return countInSight(this.#columns, { rows, isInSight }, searchBounds.havingCounted)
    })
  }

  #hits(rows: Uint32Array, query: EngineQuery, matched: Matched): readonly EngineHit[] {
    const { sort } = query
    if (sort === 'relevance') return this.#byRelevance(rows, query, matched)
    return sort === 'name' ? this.#byName(rows, query) : this.#byNumber(rows, { ...query, sort })
  }

  #byName(rows: Uint32Array, { limit, back, after }: EngineQuery): readonly EngineHit[] {
    const place = after && { text: String(after.value), id: after.id }
    return this.#order
      .first(rows, { order: 'name', limit, back, after: place }, this.#columns.rows)
      .map(({ id, text }) => ({ id, isNamed: false, value: text }))
  }

  #byNumber(
    rows: Uint32Array,
    { sort, limit, back, after }: EngineQuery & { readonly sort: (typeof searchNumbers)[number] },
  ): readonly EngineHit[] {
    const column = this.#columns.numbers[searchNumbers.indexOf(sort)] ?? new Float64Array()
    const values = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at++) values[at] = column[rows[at] ?? 0] ?? 0
    const place = after && { value: Number(after.value), id: after.id }
    return pickRows(
      this.#order,
      { rows, values, all: this.#columns.rows },
      { limit, isDown: back, idsDown: back, after: place },
    ).map(({ id, value }) => ({ id, isNamed: false, value }))
  }

  #byRelevance(rows: Uint32Array, query: EngineQuery, matched: Matched): readonly EngineHit[] {
    const { names, limit } = query
    const isNamed = this.#rowsNamed(names)
    const parts =
      isNamed.size === 0
        ? [rows]
        : [rows.filter((row) => isNamed.has(row)), rows.filter((row) => !isNamed.has(row))]
    const picked: Picked[] = []
    for (const part of parts)
      picked.push(...this.#ranking.best(part, query, { matched, limit: limit - picked.length }))
    const texts = this.#texts.of(picked.slice(0, searchBounds.scored).map(({ row }) => row))
    return picked.map(({ row, id, value }, at) => ({
      id,
      isNamed: isNamed.has(row),
      value,
      ...(at < searchBounds.scored && { words: wordsIn(texts.get(row)) }),
    }))
  }

  #rowsNamed(names: readonly string[]): ReadonlySet<number> {
    return new Set(names.flatMap((name) => this.#named.all(name).map(({ row }) => Number(row))))
  }
}

function wordsIn(texts: readonly string[] | undefined): Readonly<Record<SearchField, string>> {
  return Object.fromEntries(searchFields.map((field, at) => [field, texts?.[at] ?? ''])) as Record<
    SearchField,
    string
  >
}
