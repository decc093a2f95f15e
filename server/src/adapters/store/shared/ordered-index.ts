import type { Value } from '../../../ports/store/table.ts'
import type { CheckedFind } from './checked-query.ts'
import type { Column } from './declared.ts'
import type { KeptRow } from './kept-row.ts'
import { beyondAll, sortKey, sortKeyOf } from './sort-key.ts'

export interface Places {
  readonly from: number
  readonly to: number
}

interface Entry {
  readonly at: string
  row: KeptRow
}

/** The rows of one table in one declared order. Built when first read, then kept sorted. */
export class OrderedIndex {
  readonly columns: readonly Column[]
  readonly #entries: Entry[]

  constructor(columns: readonly Column[], rows: Iterable<KeptRow>) {
    this.columns = columns
    this.#entries = Array.from(rows, (row) => ({ at: sortKeyOf(columns, row), row }))
    this.#entries.sort((one, other) => (one.at < other.at ? -1 : 1))
  }

  add(row: KeptRow): void {
    const at = sortKeyOf(this.columns, row)
    this.#entries.splice(this.placeOf(at), 0, { at, row })
  }

  drop(row: KeptRow): void {
    this.#entries.splice(this.placeOf(sortKeyOf(this.columns, row)), 1)
  }

  replace(before: KeptRow, after: KeptRow): void {
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

  /** The places of rows that begin with `eq`: from `from` up to, but without, `to`. */
  placesOf(eq: readonly Value[]): Places {
    const prefix = sortKey(this.columns, eq)
    return { from: this.placeOf(prefix), to: this.placeOf(prefix + beyondAll) }
  }

  /** The places of rows that a query asks for, were there no limit. `from` may lie behind `to`: there are none. */
  placesWithin({ eq, rest, bounds, back }: CheckedFind): Places {
    const prefix = sortKey(this.columns, eq)
    let { from, to } = this.placesOf(eq)
    for (const bound of bounds) {
      const at = prefix + sortKey(rest, bound)
      if (back) to = Math.min(to, this.placeOf(at))
      else from = Math.max(from, this.placeOf(at + beyondAll))
    }
    return { from, to }
  }

  /** Rows in places from `from` up to, but without, `to`. */
  rows(from: number, to: number): KeptRow[] {
    return this.#entries.slice(from, to).map((entry) => entry.row)
  }
}
