import type { StatementSync } from 'node:sqlite'
import type { CompletionQuery } from '../../../ports/search/search.ts'
import { isThere } from './columns.ts'
import { compileSight, rowsInSight } from './compile-sight.ts'
import { saidOf } from './document-rows.ts'
import { afterAllWith } from './index-schema.ts'
import { lettersColumn } from './labels.ts'
import type { LoadedIndex } from './loaded-index.ts'
import { firstLetters, keptLetters, lettersList } from './packed-document.ts'
import { pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'

/** So many of the heaviest documents are looked at before all beginnings are read. */
const heaviest = 10_000
/** More letters than are in memory are compared with what is said of so many of them. */
const readMost = 500

/** Finds what begins so. */
export class Completing {
  readonly #index: LoadedIndex
  readonly #order: TextOrder
  /** As many beginnings are read and sorted. Of more, the heaviest documents are looked at first. */
  readonly #few: number
  readonly #beginnings: StatementSync
  readonly #byWeight: StatementSync
  readonly #said: StatementSync

  constructor(index: LoadedIndex, order: TextOrder, few: number) {
    this.#index = index
    this.#order = order
    this.#few = few
    this.#beginnings = index.db.prepare(
      `SELECT json_group_array(row) FROM (SELECT row FROM beginnings WHERE text >= ? AND text < ? LIMIT ?)`,
    )
    this.#byWeight = index.db.prepare(
      'SELECT row FROM docs INDEXED BY docs_by_weight ORDER BY weight DESC, id LIMIT ?',
    )
    this.#said = index.db.prepare('SELECT said FROM texts WHERE row = ?')
    for (const statement of [this.#beginnings, this.#byWeight, this.#said]) statement.setReturnArrays(true)
  }

  complete({ text, sight, limit }: CompletionQuery): readonly string[] {
    const { columns } = this.#index
    const few = this.#begun(text, this.#few)
    const heavy = few.length < this.#few ? undefined : this.#heaviest({ text, sight, limit })
    if (heavy !== undefined) return heavy
    const begun = few.length < this.#few ? few : this.#begun(text, -1)
    const rows = rowsInSight(columns, Uint32Array.from(new Set(begun)), sight)
    const values = Float64Array.from(rows, (row) => columns.weight[row] ?? 0)
    const page = { limit, isDown: true, idsDown: false }
    return pickRows(this.#order, { rows, values, all: columns.rows }, page).map(({ id }) => id)
  }

  /** Rows, each perhaps several times. */
  #begun(text: string, most: number): readonly number[] {
    const [rows] = this.#beginnings.get(text, afterAllWith(text), most) as unknown as [string]
    return JSON.parse(rows) as number[]
  }

  /** Undefined: it cannot be told by these alone. */
  #heaviest({ text, sight, limit }: CompletionQuery): readonly string[] | undefined {
    const { columns } = this.#index
    const letters = firstLetters(text, keptLetters)
    const flags = columns.flagged(lettersColumn, (one) => one.startsWith(letters))
    const list = columns.list(lettersList)
    const isInSight = compileSight(columns, sight)
    if (limit === 0) return []
    const found: number[] = []
    let left = readMost
    for (const one of this.#byWeight.iterate(heaviest)) {
      const [row] = one as unknown as [number]
      if (((columns.flags[row] ?? 0) & isThere) === 0 || !list.hasOne(row, flags) || !isInSight(row)) continue
      if (letters !== text) {
        if (left-- === 0) return undefined
        if (!this.#says(row, text)) continue
      }
      found.push(row)
      if (found.length === limit) {
        const ids = this.#order.idsOf(found)
        return found.map((one) => ids.get(one) ?? '')
      }
    }
    return undefined
  }

  #says(row: number, text: string): boolean {
    const [said] = (this.#said.get(row) as unknown as [string] | undefined) ?? []
    return said !== undefined && saidOf(said).beginnings.some((one) => one.startsWith(text))
  }
}
