import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { compareText } from '../../../domain/compare-text.ts'
import { grownTo } from './grown.ts'
import { ManyRows } from './many-rows.ts'

/** What it takes to read a row by its number, in steps through an index. */
const readSteps = 10

export interface TextPlace {
  readonly text: string
  readonly id: string
}
export interface Ordered {
  readonly row: number
  readonly text: string
  readonly id: string
}
export interface TextPage {
  readonly order: 'id' | 'name'
  readonly limit: number
  readonly back: boolean
  readonly after?: TextPlace | undefined
}

/**
 * Rows in the order of their ids, or of their names and then their ids. Few rows are read and sorted; of many, an index
 * is gone through until enough were met.
 */
export class TextOrder {
  readonly #db: DatabaseSync
  readonly #read: StatementSync
  readonly #ids: ManyRows
  readonly #walks = new Map<string, StatementSync>()
  #wanted: Uint8Array = new Uint8Array()

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#read = db.prepare('SELECT id, name_key FROM docs WHERE row = ?')
    this.#read.setReturnArrays(true)
    this.#ids = new ManyRows(db, 'docs', ['id'])
    db.function('wanted', { deterministic: false }, (row) => this.#wanted[Number(row)] ?? 0)
  }

  /** @param all how many rows the index has */
  first(rows: Uint32Array, page: TextPage, all: number): readonly Ordered[] {
    if (rows.length === 0 || page.limit === 0) return []
    const walked = (page.limit * all) / rows.length
    return walked < readSteps * rows.length ? this.#walked(rows, page, all) : this.#sorted(rows, page)
  }

  /** By the number of the row. */
  idsOf(rows: readonly number[]): ReadonlyMap<number, string> {
    return new Map([...this.#ids.of(rows)].map(([row, [id = '']]) => [row, id]))
  }

  #sorted(rows: Uint32Array, { order, limit, back, after }: TextPage): readonly Ordered[] {
    const sign = back ? -1 : 1
    const compare = (one: TextPlace, other: TextPlace): number =>
      sign * (compareText(one.text, other.text) || compareText(one.id, other.id))
    const read = Array.from(rows, (row): Ordered => {
      const [id = '', name = ''] = (this.#read.get(row) as unknown as [string, string] | undefined) ?? []
      return { row, id, text: order === 'name' ? name : id }
    })
    const begun = after === undefined ? read : read.filter((one) => compare(one, after) > 0)
    return begun.sort(compare).slice(0, limit)
  }

  #walked(rows: Uint32Array, { order, limit, back, after }: TextPage, all: number): readonly Ordered[] {
    this.#wanted = grownTo(this.#wanted, all)
    for (const row of rows) this.#wanted[row] = 1
    try {
      const way = back ? 'DESC' : 'ASC'
      const beyond = back ? '<' : '>'
      const begun = after === undefined ? '' : `AND (name_key, id) ${beyond} (?, ?)`
      const idBegun = after === undefined ? '' : `AND id ${beyond} ?`
      const values = after === undefined ? [] : order === 'name' ? [after.text, after.id] : [after.id]
      const sql =
        order === 'name'
          ? `SELECT row, name_key, id FROM docs INDEXED BY docs_by_name WHERE wanted(row) ${begun}
             ORDER BY name_key ${way}, id ${way} LIMIT ?`
          : `SELECT row, id, id FROM docs INDEXED BY docs_by_id WHERE wanted(row) ${idBegun}
             ORDER BY id ${way} LIMIT ?`
      const found = this.#prepared(sql).all(...values, limit) as unknown as [number, string, string][]
      return found.map(([row, text, id]) => ({ row, text, id }))
    } finally {
      for (const row of rows) this.#wanted[row] = 0
    }
  }

  #prepared(sql: string): StatementSync {
    const known = this.#walks.get(sql)
    if (known !== undefined) return known
    const fresh = this.#db.prepare(sql)
    fresh.setReturnArrays(true)
    this.#walks.set(sql, fresh)
    return fresh
  }
}
