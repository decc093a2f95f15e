import { searchFields } from '../../../domain/search.ts'
import type { Clause, EngineQuery } from '../../../ports/search/search.ts'
import { type Columns, isThere } from './columns.ts'
import { damaged } from './connection.ts'
import { rarityOf, saturated, weightOf } from './estimate.ts'
import { grownTo } from './grown.ts'
import { chunkBits, chunkRows } from './index-schema.ts'
import type { PostingReader } from './posting-reader.ts'

export type Frequencies = readonly (readonly number[])[]

/** Rows that have what was asked for, and what that says of each (by relevance). */
export interface Matched {
  readonly rows: Uint32Array
  readonly score: (row: number) => number
  readonly frequencies: Frequencies
}

/** Called between two pieces of work; throws where nobody waits for it any more. */
export type Rest = () => void

/** Finds rows by clauses. Its arrays have a place for each row, and are used by one query after the other. */
export class ClauseMatcher {
  readonly #postings: PostingReader
  readonly #columns: Columns
  /** How many clauses a row has had. */
  #had: Uint8Array = new Uint8Array()
  /** The last clause that a row had, counted from 1. */
  #last: Uint8Array = new Uint8Array()
  #scores: Float64Array = new Float64Array()
  #weights: Float64Array = new Float64Array()
  #rarities: Float64Array = new Float64Array()
  #touched: Uint32Array = new Uint32Array()
  /** A query that was given up leaves its weights. */
  #isClean = false

  constructor(postings: PostingReader, columns: Columns) {
    this.#postings = postings
    this.#columns = columns
  }

  match(query: EngineQuery, rest: Rest): Matched {
    const { clauses, without, sort } = query
    this.#begin()
    const documents = this.#columns.documents
    const frequencies = clauses.map(({ alternatives }) =>
      alternatives.map((one) => this.#postings.documentsWith(one, documents)),
    )
    const needed = Math.min(query.atLeast, clauses.length)
    const isScored = sort === 'relevance'
    let found: Uint32Array | undefined
    if (clauses.length > 0) {
      const commons = frequencies.map((each) => each.reduce((sum, one) => sum + one, 0))
      const order = [...clauses.keys()].sort((one, other) => (commons[one] ?? 0) - (commons[other] ?? 0))
      const all = { needed, order, frequencies, isScored }
      found =
        needed === clauses.length ? this.#matchAll(clauses, all, rest) : this.#matchSome(clauses, all, rest)
    }
    const rows = needed === 0 ? this.#everything() : (found ?? new Uint32Array())
    const score = isScored && clauses.length > 0 ? this.#scoreOf() : () => 0
    this.#isClean = true
    return { rows: this.#left(rows, without, rest), score, frequencies }
  }

  #begin(): void {
    const { rows } = this.#columns
    this.#had = grownTo(this.#had, rows)
    this.#last = grownTo(this.#last, rows)
    this.#scores = grownTo(this.#scores, rows)
    this.#weights = grownTo(this.#weights, rows)
    this.#rarities = grownTo(this.#rarities, rows)
    this.#touched = grownTo(this.#touched, rows)
    this.#had.fill(0)
    this.#last.fill(0)
    if (!this.#isClean) {
      this.#weights.fill(0)
      this.#rarities.fill(0)
    }
    this.#isClean = false
  }

  #scoreOf(): (row: number) => number {
    const [scores, had] = [this.#scores, this.#had]
    return (row) => (had[row] === 0 ? 0 : (scores[row] ?? 0))
  }

  /** The rarest clause first: of the others, only what has had all before it is looked at. */
  #matchAll(clauses: readonly Clause[], all: All, rest: Rest): Uint32Array {
    let rows: Uint32Array | undefined
    for (const [had, at] of all.order.entries()) {
      if (rows?.length === 0) break
      const clause = clauses[at]
      if (clause === undefined) continue
      const chunks = rows === undefined ? this.#allChunks() : chunksOf(rows, this.#columns.rows)
      rows = this.#touch(clause, { ...all, at, number: had + 1, wanted: had, chunks }, rest).slice()
    }
    return rows ?? new Uint32Array()
  }

  #matchSome(clauses: readonly Clause[], all: All, rest: Rest): Uint32Array {
    const chunks = this.#allChunks()
    clauses.forEach((clause, at) => {
      this.#touch(clause, { ...all, at, number: at + 1, wanted: undefined, chunks }, rest)
    })
    const rows = new Uint32Array(this.#columns.rows)
    let found = 0
    for (let row = 0; row < rows.length; row++) if ((this.#had[row] ?? 0) >= all.needed) rows[found++] = row
    return rows.subarray(0, found)
  }

  /** Rows that have a clause, each once. */
  #touch(clause: Clause, one: One, rest: Rest): Uint32Array {
    const { number, wanted, isScored } = one
    const [had, last, touched] = [this.#had, this.#last, this.#touched]
    const [weights, rarities] = [this.#weights, this.#rarities]
    const fields = maskOf(clause)
    const columns = this.#columns
    const { lengths } = columns
    // One word stands in a row's list once: what it says of a row is known at once.
    const isOnce = clause.alternatives.length === 1 && clause.alternatives[0]?.prefix === false
    const scores = this.#scores
    let size = 0
    clause.alternatives.forEach((alternative, n) => {
      const rarity = rarityOf(one.frequencies[one.at]?.[n] ?? 0, columns.documents)
      for (const { chunk, hits } of this.#postings.hitsOf(alternative, one.chunks)) {
        rest()
        const first = chunk << chunkBits
        for (let at = 0; at < hits.rows.length; at++) {
          const mask = (hits.fields[at] ?? 0) & fields
          if (mask === 0) continue
          const row = first + (hits.rows[at] ?? 0)
          if (row >= columns.rows) throw damaged('there are words of no document')
          if (last[row] !== number) {
            if (wanted !== undefined && had[row] !== wanted) continue
            last[row] = number
            had[row] = (had[row] ?? 0) + 1
            touched[size++] = row
          }
          if (!isScored) continue
          if (isOnce) {
            const score = saturated(rarity, alternative.weight * weightOf(lengths, row, mask))
            scores[row] = had[row] === 1 ? score : (scores[row] ?? 0) + score
            continue
          }
          weights[row] = (weights[row] ?? 0) + alternative.weight * weightOf(lengths, row, mask)
          if ((rarities[row] ?? 0) < rarity) rarities[row] = rarity
        }
      }
    })
    const rows = touched.subarray(0, size)
    if (isScored && !isOnce) this.#score(rows)
    return rows
  }

  #score(rows: Uint32Array): void {
    const [had, scores, weights, rarities] = [this.#had, this.#scores, this.#weights, this.#rarities]
    for (const row of rows) {
      const before = had[row] === 1 ? 0 : (scores[row] ?? 0)
      scores[row] = before + saturated(rarities[row] ?? 0, weights[row] ?? 0)
      weights[row] = 0
      rarities[row] = 0
    }
  }

  /** Without those that have one of the clauses. */
  #left(rows: Uint32Array, without: readonly Clause[], rest: Rest): Uint32Array {
    if (without.length === 0 || rows.length === 0) return rows
    const gone = new Uint8Array(this.#columns.rows)
    const chunks = chunksOf(rows, this.#columns.rows)
    for (const clause of without) {
      const fields = maskOf(clause)
      for (const alternative of clause.alternatives)
        for (const { chunk, hits } of this.#postings.hitsOf(alternative, chunks)) {
          rest()
          const first = chunk << chunkBits
          hits.rows.forEach((row, at) => {
            if (((hits.fields[at] ?? 0) & fields) !== 0) gone[first + row] = 1
          })
        }
    }
    return rows.filter((row) => gone[row] === 0)
  }

  #everything(): Uint32Array {
    const { flags, rows } = this.#columns
    const all = new Uint32Array(rows)
    let found = 0
    for (let row = 0; row < rows; row++) if (((flags[row] ?? 0) & isThere) !== 0) all[found++] = row
    return all.subarray(0, found)
  }

  #allChunks(): readonly number[] {
    return Array.from({ length: Math.ceil(this.#columns.rows / chunkRows) }, (_, chunk) => chunk)
  }
}

interface All {
  readonly needed: number
  /** Clauses, the rarest first. */
  readonly order: readonly number[]
  readonly frequencies: Frequencies
  readonly isScored: boolean
}
interface One extends All {
  readonly at: number
  /** What is left in rows that have had this clause. */
  readonly number: number
  /** Only rows that have had so many clauses before. */
  readonly wanted: number | undefined
  readonly chunks: readonly number[]
}

function maskOf({ fields = searchFields }: Clause): number {
  return fields.reduce((mask, field) => mask | (1 << searchFields.indexOf(field)), 0)
}

function chunksOf(rows: Uint32Array, all: number): readonly number[] {
  const flags = new Uint8Array(Math.ceil(all / chunkRows))
  for (const row of rows) flags[row >>> chunkBits] = 1
  return [...flags.keys()].filter((chunk) => flags[chunk] === 1)
}
