import type { Alternative, Clause, EngineQuery } from '../../../ports/search/search.ts'
import { type Columns, isThere } from './columns.ts'
import { RowSet } from './row-set.ts'
import type { WordCounts } from './word-counts.ts'
import { expressionOf, telling, type WordRows, withinFields } from './word-rows.ts'

/** Called between two pieces of work; throws where nobody waits for it any more. */
export type Rest = () => void

export interface Matched {
  readonly rows: RowSet
  /** Whether a row that matches has this one of the clauses by which it is estimated. */
  readonly has: (clause: number, row: number) => boolean
}

/** What so many more documents have than are left is asked for together with what is rarer: FTS5 leaps over the others. */
const muchMore = 8

/** Words that this share of the documents has are read before somebody asks for them, and no more than so many. */
const commonShare = 0.02
const mostCommon = 64

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
    const { clauses, without, further = [] } = query
    const needed = Math.min(query.atLeast, clauses.length)
    const found =
      needed === clauses.length
        ? { rows: this.#allOf(clauses, rest), has: () => true }
        : this.#someOf(clauses, needed, rest)
    let { rows } = found
    for (const clause of without) {
      rest()
      rows = rows.without(this.rowsOf(clause))
    }
    if (further.length === 0) return { ...found, rows }
    const beside = further.map((clause) => {
      rest()
      return this.rowsOf(clause)
    })
    const has = (clause: number, row: number): boolean =>
      clause < clauses.length ? found.has(clause, row) : beside[clause - clauses.length]?.has(row) === true
    return { rows, has }
  }

  /** What is asked of words that many documents have, and so takes longest to be read for the first time. */
  commonest(): readonly Clause[] {
    const words = this.#counts.commonest(Math.max(1, commonShare * this.#columns.documents), mostCommon)
    return words.flatMap((word): Clause[] => {
      const alternatives = [{ words: [word], prefix: false, weight: 1 }]
      return [{ alternatives }, withinFields({ alternatives }, telling)]
    })
  }

  /** Common words are read each by itself, since they are kept for whoever asks for them beside something else. */
  rowsOf(clause: Clause): RowSet {
    const { common, rest } = this.#parted(clause)
    const sets = [...common, rest].flatMap((part) => {
      const expression = expressionOf(part)
      return expression === undefined ? [] : [this.#words.rowsOf(expression)]
    })
    return sets.length === 0 ? RowSet.of([], 0) : sets.reduce((one, other) => one.or(other))
  }

  #parted(clause: Clause): { readonly common: readonly Clause[]; readonly rest: Clause } {
    const isCommon = (one: Alternative): boolean =>
      one.words.length === 1 &&
      !one.prefix &&
      this.#counts.of(one, this.#columns.documents) >= this.#words.fewRows
    const common = clause.alternatives.filter(isCommon)
    return {
      common: common.map((one) => ({ ...clause, alternatives: [one] })),
      rest: { ...clause, alternatives: clause.alternatives.filter((one) => !common.includes(one)) },
    }
  }

  /** All of it that is common was read before. */
  #isKept(clause: Clause): boolean {
    const { common } = this.#parted(clause)
    return common.length > 0 && common.every((part) => this.#words.knows(expressionOf(part) ?? ''))
  }

  /** The rarest clause first. */
  #allOf(clauses: readonly Clause[], rest: Rest): RowSet {
    const most = this.#columns.documents
    const counted = clauses.map((clause) => ({
      clause,
      documents: clause.alternatives.reduce((sum, one) => sum + this.#counts.of(one, most), 0),
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
    if (left.size * muchMore > documents || this.#isKept(clause)) return this.rowsOf(clause)
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
