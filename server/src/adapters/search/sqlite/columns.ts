import { searchFacets, searchNumbers } from '../../../domain/search.ts'
import { damaged } from './connection.ts'
import { grownTo } from './grown.ts'
import { labelColumns } from './labels.ts'
import { ListColumn } from './list-column.ts'
import { NameColumn } from './name-column.ts'
import { listColumns, Unpacking } from './packed-document.ts'

export const isThere = 1
export const isDeprecated = 2

/** What every question looks at, in memory: for each row a place in each array. */
export class Columns {
  /** Rows that there are, or were. */
  rows = 0
  documents = 0
  flags: Uint8Array = new Uint8Array()
  visibility: Uint8Array = new Uint8Array()
  owner: Uint32Array = new Uint32Array()
  platform: Uint32Array = new Uint32Array()
  /** Of repositories, as their paths have them. */
  homeKind: Uint32Array = new Uint32Array()
  readonly names: NameColumn = new NameColumn()
  weight: Float64Array = new Float64Array()
  readonly numbers: Float64Array[] = searchNumbers.map(() => new Float64Array())
  /** Facets by their places, then the letters of beginnings. */
  readonly lists: readonly ListColumn[] = Array.from({ length: listColumns }, () => new ListColumn())
  /** The texts that numbers stand for, by column. */
  readonly labels: readonly string[][] = Array.from({ length: labelColumns }, () => [])
  readonly #unpacking = new Unpacking()

  grow(rows: number): void {
    this.rows = Math.max(this.rows, rows)
    this.flags = grownTo(this.flags, rows)
    this.visibility = grownTo(this.visibility, rows)
    this.owner = grownTo(this.owner, rows)
    this.platform = grownTo(this.platform, rows)
    this.homeKind = grownTo(this.homeKind, rows)
    this.names.grow(rows)
    this.weight = grownTo(this.weight, rows)
    this.numbers.forEach((column, at) => {
      this.numbers[at] = grownTo(column, rows)
    })
    for (const list of this.lists) list.grow(rows)
  }

  put(row: number, bytes: Uint8Array): void {
    const from = this.#unpacking
    from.open(bytes)
    this.remove(row)
    if (row >= this.rows) this.grow(row + 1)
    this.documents++
    this.flags[row] = isThere | (from.isDeprecated ? isDeprecated : 0)
    this.visibility[row] = from.visibility
    this.owner[row] = from.owner
    this.platform[row] = from.platform
    this.homeKind[row] = from.homeKind
    this.names.put(row, from.name)
    this.weight[row] = from.weight
    for (let at = 0; at < this.numbers.length; at++) {
      const column = this.numbers[at]
      if (column !== undefined) column[row] = from.numberOf(at)
    }
    const next = (): number => from.next()
    for (const [at, list] of this.lists.entries()) list.put(row, from.countOf(at), next)
  }

  remove(row: number): void {
    if (((this.flags[row] ?? 0) & isThere) === 0) return
    this.flags[row] = 0
    this.documents--
  }

  list(column: number): ListColumn {
    const list = this.lists[column]
    if (list === undefined) throw damaged(`there is no column ${column}`)
    return list
  }

  facet(facet: (typeof searchFacets)[number]): ListColumn {
    return this.list(searchFacets.indexOf(facet))
  }

  labelsOf(column: number): readonly string[] {
    return this.labels[column] ?? []
  }

  /** A flag for each number of a column whose text is so. */
  flagged(column: number, holds: (label: string) => boolean): Uint8Array {
    const labels = this.labelsOf(column)
    const flags = new Uint8Array(labels.length)
    labels.forEach((label, number) => {
      if (holds(label)) flags[number] = 1
    })
    return flags
  }
}
