import type { Clause, EngineQuery } from '../../../ports/search/search.ts'
import { type Columns, isThere } from './columns.ts'
import { RowSet } from './row-set.ts'
import type { WordCounts } from './word-counts.ts'
import { expressionOf, type WordRows } from './word-rows.ts'

/** Called between two pieces of work; throws where nobody waits for it any more. */
export type Rest = () => void

export interface Matched {
  readonly rows: RowSet
  /** Whether a row that matches has this clause. */
  readonly has: (clause: number, row: number) => boolean
  readonly frequencies: readonly (readonly number[])[]
}

/** What so many more documents have than are left is asked for together with what is rarer: FTS5 leaps over the others. */
const muchMore = 8

/** Finds rows by clauses. */
export class ClauseMatcher {
  readonly #words: WordRows
  readonly #counts: WordCounts
  readonly #columns: Columns

  constructor(words: WordRows, counts: WordCounts, columns: Columns) {
    this.#words = words
    this.#counts = counts
    this.#columns = columns
  }

  match(query: EngineQuery, rest: Rest): Matched {
    const { clauses, without } = query
    const frequencies = clauses.map(({ alternatives }) =>
      alternatives.map((one) => this.#counts.of(one, this.#columns.documents)),
    )
    const needed = Math.min(query.atLeast, clauses.length)
    const found =
      needed === clauses.length
        ? { rows: this.#allOf(clauses, frequencies, rest), has: () => true }
        : this.#someOf(clauses, needed, rest)
    let { rows } = found
    for (const clause of without) {
      rest()
      rows = rows.without(this.rowsOf(clause))
    }
    return { ...found, rows, frequencies }
  }

  rowsOf(clause: Clause): RowSet {
    const expression = expressionOf(clause)
    return expression === undefined ? RowSet.of([], 0) : this.#words.rowsOf(expression)
  }

  /** The rarest clause first. */
  #allOf(clauses: readonly Clause[], frequencies: Matched['frequencies'], rest: Rest): RowSet {
    const counted = clauses.map((clause, at) => ({
      clause,
      documents: (frequencies[at] ?? []).reduce((sum, one) => sum + one, 0),
    }))
    counted.sort((one, other) => one.documents - other.documents)
    const [first, ...others] = counted
    if (first === undefined) return this.#everything()
    let rows = this.rowsOf(first.clause)
    for (const { clause, documents } of others) {
      rest()
      rows = rows.and(this.#beside(first.clause, rows, { clause, documents }))
    }
    return rows
  }

  /** Rows of a clause, at least those that have the first one too. */
  #beside(first: Clause, left: RowSet, { clause, documents }: { clause: Clause; documents: number }): RowSet {
    const [rare, common] = [expressionOf(first), expressionOf(clause)]
    if (rare === undefined || common === undefined) return RowSet.of([], 0)
    if (this.#words.knows(common) || left.size * muchMore > documents) return this.#words.rowsOf(common)
    return this.#words.rowsOf(`(${rare}) AND (${common})`)
  }

  #someOf(clauses: readonly Clause[], needed: number, rest: Rest): Pick<Matched, 'rows' | 'has'> {
    const sets = clauses.map((clause) => {
      rest()
      return this.rowsOf(clause)
    })
    const has = (clause: number, row: number): boolean => sets[clause]?.has(row) === true
    if (needed === 0) return { rows: this.#everything(), has }
    if (needed === 1) return { rows: sets.reduce((one, other) => one.or(other)), has }
    const had = new Uint8Array(this.#columns.rows)
    for (const set of sets) for (const row of set.rows()) had[row] = (had[row] ?? 0) + 1
    const rows = RowSet.of([], had.length)
    for (let row = 0; row < had.length; row++) if ((had[row] ?? 0) >= needed) rows.put(row, true)
    return { rows, has }
  }

  #everything(): RowSet {
    const { flags, rows } = this.#columns
    const all = RowSet.of([], rows)
    for (let row = 0; row < rows; row++) if (((flags[row] ?? 0) & isThere) !== 0) all.put(row, true)
    return all
  }
}
