import type { Column, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { OrderedIndex } from '../shared/ordered-index.ts'
import { sortKeyOf } from '../shared/sort-key.ts'

export interface Clash {
  /** Absent: the primary key. */
  readonly uniqueKey?: string
}

export class MemoryTable {
  readonly declared: DeclaredTable
  readonly #rows = new Map<string, KeptRow>()
  readonly #unique = new Map<string, Map<string, KeptRow>>()
  readonly #indexes = new Map<string, OrderedIndex>()

  constructor(declared: DeclaredTable) {
    this.declared = declared
    for (const name of declared.unique.keys()) this.#unique.set(name, new Map())
  }

  /** `id`: the primary key as a sort key. */
  row(id: string): KeptRow | undefined {
    return this.#rows.get(id)
  }

  /** In no order. */
  rows(): KeptRow[] {
    return [...this.#rows.values()]
  }

  rowByUnique(name: string, id: string): KeptRow | undefined {
    return this.#unique.get(name)?.get(id)
  }

  /** Adds the row, or answers what stands in its way and adds nothing. */
  add(id: string, row: KeptRow): Clash | undefined {
    if (this.#rows.has(id)) return {}
    const clash = this.#uniqueClash(row, undefined)
    if (clash !== undefined) return clash
    this.#rows.set(id, row)
    for (const [name, rows] of this.#unique) rows.set(this.#uniqueId(name, row), row)
    for (const index of this.#indexes.values()) index.add(row)
    return undefined
  }

  drop(id: string, row: KeptRow): void {
    this.#rows.delete(id)
    for (const [name, rows] of this.#unique) rows.delete(this.#uniqueId(name, row))
    for (const index of this.#indexes.values()) index.drop(row)
  }

  /** Puts `after` in the place of `before`, or answers what stands in its way and changes nothing. */
  replace(id: string, before: KeptRow, after: KeptRow): Clash | undefined {
    const clash = this.#uniqueClash(after, before)
    if (clash !== undefined) return clash
    this.#rows.set(id, after)
    for (const [name, rows] of this.#unique) {
      rows.delete(this.#uniqueId(name, before))
      rows.set(this.#uniqueId(name, after), after)
    }
    for (const index of this.#indexes.values()) index.replace(before, after)
    return undefined
  }

  index(name: string): OrderedIndex {
    const known = this.#indexes.get(name)
    if (known !== undefined) return known
    const fresh = new OrderedIndex(this.declared.indexes.get(name) as readonly Column[], this.#rows.values())
    this.#indexes.set(name, fresh)
    return fresh
  }

  #uniqueClash(row: KeptRow, instead: KeptRow | undefined): Clash | undefined {
    for (const [name, rows] of this.#unique) {
      const holder = rows.get(this.#uniqueId(name, row))
      if (holder !== undefined && holder !== instead) return { uniqueKey: name }
    }
    return undefined
  }

  #uniqueId(name: string, row: KeptRow): string {
    return sortKeyOf(this.declared.unique.get(name) as readonly Column[], row)
  }
}
