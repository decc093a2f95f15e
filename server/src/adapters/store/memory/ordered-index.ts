import type { Column } from '../shared/declared.ts'
import { sortKeyOf } from '../shared/sort-key.ts'
import type { MemoryRow } from './memory-row.ts'

interface Entry {
  readonly at: string
  row: MemoryRow
}

/** The rows of one table in one declared order. Built when first read, then kept sorted. */
export class OrderedIndex {
  readonly columns: readonly Column[]
  readonly #entries: Entry[]

  constructor(columns: readonly Column[], rows: Iterable<MemoryRow>) {
    this.columns = columns
    this.#entries = Array.from(rows, (row) => ({ at: sortKeyOf(columns, row), row }))
    this.#entries.sort((one, other) => (one.at < other.at ? -1 : 1))
  }

  add(row: MemoryRow): void {
    const at = sortKeyOf(this.columns, row)
    this.#entries.splice(this.placeOf(at), 0, { at, row })
  }

  drop(row: MemoryRow): void {
    this.#entries.splice(this.placeOf(sortKeyOf(this.columns, row)), 1)
  }

  replace(before: MemoryRow, after: MemoryRow): void {
    const at = sortKeyOf(this.columns, before)
    if (at === sortKeyOf(this.columns, after)) {
      const entry = this.#entries[this.placeOf(at)]
      if (entry !== undefined) entry.row = after
      return
    }
    this.drop(before)
    this.add(after)
  }

  /** The place of the first entry that is not before `at`. */
  placeOf(at: string): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle] as Entry).at < at) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Rows in places from `from` up to, but without, `to`. */
  rows(from: number, to: number): MemoryRow[] {
    return this.#entries.slice(from, to).map((entry) => entry.row)
  }
}
