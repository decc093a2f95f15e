import type { StatementSync } from 'node:sqlite'
import type { CompletionQuery } from '../../../ports/search/search.ts'
import { isThere } from './columns.ts'
import { compileSight, type RowTest, rowsInSight } from './compile-sight.ts'
import { afterAllWith } from './index-schema.ts'
import { lettersColumn } from './labels.ts'
import type { LoadedIndex } from './loaded-index.ts'
import { keptLetters, lettersList } from './packed-document.ts'
import { pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'

/** So many of the heaviest documents are looked at before all beginnings are read. */
const heaviest = 10_000

/** Finds what begins so. */
export class Completing {
  readonly #index: LoadedIndex
  readonly #order: TextOrder
  /** As many beginnings are read and sorted. Of more, the heaviest documents are looked at first. */
  readonly #few: number
  readonly #beginnings: StatementSync
  readonly #byWeight: StatementSync

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
    for (const statement of [this.#beginnings, this.#byWeight]) statement.setReturnArrays(true)
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
    const begins = this.#beginsSo(text)
    if (begins === undefined) return undefined
    const { columns } = this.#index
    const isInSight = compileSight(columns, sight)
    const ids: string[] = []
    if (limit === 0) return ids
    for (const one of this.#byWeight.iterate(heaviest)) {
      const [row] = one as unknown as [number]
      if (((columns.flags[row] ?? 0) & isThere) === 0 || !begins(row) || !isInSight(row)) continue
      ids.push(this.#order.idOf(row))
      if (ids.length === limit) return ids
    }
    return undefined
  }

  /** Undefined: more letters are asked for than are in memory. */
  #beginsSo(text: string): RowTest | undefined {
    if ([...text].length > keptLetters) return undefined
    const { columns } = this.#index
    const flags = columns.flagged(lettersColumn, (letters) => letters.startsWith(text))
    const list = columns.list(lettersList)
    return (row) => list.hasOne(row, flags)
  }
}
