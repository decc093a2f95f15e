import type { StatementSync } from 'node:sqlite'
import type { CompletionQuery } from '../../../ports/search/search.ts'
import { rowsInSight } from './compile-sight.ts'
import { grownTo } from './grown.ts'
import { afterAllWith } from './index-schema.ts'
import { lettersColumn } from './labels.ts'
import type { LoadedIndex } from './loaded-index.ts'
import { keptLetters, listColumns } from './packed-document.ts'
import { pickRows } from './pick-rows.ts'
import type { TextOrder } from './text-order.ts'

const lettersList = listColumns - 1

/**
 * Finds what begins so: by the first letters from lists of rows in memory, which the first question makes; by more
 * letters in the database.
 */
export class Completing {
  readonly #index: LoadedIndex
  readonly #order: TextOrder
  readonly #bounded: StatementSync
  readonly #open: StatementSync
  /** Rows of each combination of letters, one after the other; where each begins. */
  #lists: { readonly begins: Uint32Array; readonly rows: Uint32Array } | undefined
  /** Rows that have changed since: they are looked at one by one. */
  #changed: number[] = []
  #isChanged: Uint8Array = new Uint8Array()
  #gathered: Uint32Array = new Uint32Array()
  #marks: Uint8Array = new Uint8Array()
  #size = 0

  constructor(index: LoadedIndex, order: TextOrder) {
    this.#index = index
    this.#order = order
    const { db } = index
    db.function('gather', { deterministic: false }, (row) => {
      this.#gather(Number(row))
      return 0
    })
    this.#bounded = db.prepare('SELECT 1 FROM beginnings WHERE text >= ? AND text < ? AND gather(row)')
    this.#open = db.prepare('SELECT 1 FROM beginnings WHERE text >= ? AND gather(row)')
    index.onChange.push((row) => this.#note(row))
  }

  complete({ text, sight, limit }: CompletionQuery): readonly string[] {
    const { columns } = this.#index
    this.#marks = grownTo(this.#marks, columns.rows)
    this.#size = 0
    if (isShort(text)) this.#gatherByLetters(text)
    else this.#gatherByText(text)
    const gathered = this.#gathered.subarray(0, this.#size)
    for (const row of gathered) this.#marks[row] = 0
    const rows = rowsInSight(columns, gathered, sight)
    const values = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at++) values[at] = columns.weight[rows[at] ?? 0] ?? 0
    const page = { limit, isDown: true, idsDown: false }
    return pickRows(this.#order, { rows, values, all: columns.rows }, page).map(({ id }) => id)
  }

  #note(row: number): void {
    this.#isChanged = grownTo(this.#isChanged, row + 1)
    if (this.#isChanged[row] === 1) return
    this.#isChanged[row] = 1
    this.#changed.push(row)
  }

  #gather(row: number): void {
    if (this.#marks[row] === 1) return
    this.#marks[row] = 1
    this.#gathered = grownTo(this.#gathered, this.#size + 1)
    this.#gathered[this.#size++] = row
  }

  #gatherByText(text: string): void {
    const end = afterAllWith(text)
    if (end === undefined) this.#open.all(text)
    else this.#bounded.all(text, end)
  }

  #gatherByLetters(text: string): void {
    const { columns } = this.#index
    const list = columns.list(lettersList)
    if (this.#changed.length > columns.rows / 8) this.#lists = undefined
    const { begins, rows } = this.#lists ?? this.#makeLists()
    const flags = columns.flagged(lettersColumn, (letters) => letters.startsWith(text))
    const isChanged = this.#isChanged
    this.#gathered = grownTo(this.#gathered, columns.rows)
    const [marks, gathered] = [this.#marks, this.#gathered]
    let size = 0
    for (let number = 0; number + 1 < begins.length; number++) {
      if (flags[number] === 0) continue
      const end = begins[number + 1] ?? 0
      for (let at = begins[number] ?? 0; at < end; at++) {
        const row = rows[at] ?? 0
        if (marks[row] === 1 || isChanged[row] === 1) continue
        marks[row] = 1
        gathered[size++] = row
      }
    }
    this.#size = size
    for (const row of this.#changed) if (list.hasOne(row, flags)) this.#gather(row)
  }

  #makeLists(): { begins: Uint32Array; rows: Uint32Array } {
    const { columns } = this.#index
    const list = columns.list(lettersList)
    const counts = new Uint32Array(columns.labelsOf(lettersColumn).length)
    list.count(
      Uint32Array.from({ length: columns.rows }, (_, row) => row),
      counts,
    )
    const begins = new Uint32Array(counts.length + 1)
    counts.forEach((count, number) => {
      begins[number + 1] = (begins[number] ?? 0) + count
    })
    const next = begins.slice()
    const rows = new Uint32Array(begins.at(-1) ?? 0)
    for (let row = 0; row < columns.rows; row++)
      for (const number of list.numbers(row)) {
        const to = next[number] ?? 0
        rows[to] = row
        next[number] = to + 1
      }
    for (const row of this.#changed) this.#isChanged[row] = 0
    this.#changed = []
    this.#lists = { begins, rows }
    return this.#lists
  }
}

function isShort(text: string): boolean {
  return text.length <= keptLetters * 2 && [...text].length <= keptLetters
}
