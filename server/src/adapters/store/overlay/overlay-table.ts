import type { Key, UniqueKey } from '../../../ports/store/store.ts'
import type { Row, Table, Value } from '../../../ports/store/table.ts'
import type { Column, DeclaredTable } from '../shared/declared.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { OrderedIndex } from '../shared/ordered-index.ts'
import { sortKey, sortKeyOf } from '../shared/sort-key.ts'
import { freshEntry, type RowEntry } from './row-entry.ts'

/**
 * The rows of one table that a transaction has read by key or changed. Unlike in an engine, two of them may have the same
 * unique key: they can be of different times of the base. At most one of the two can be flushed.
 */
export class OverlayTable {
  readonly table: Table
  readonly declared: DeclaredTable
  /** What is read by key here must still be so when the transaction is flushed. */
  readonly watched: boolean
  readonly #entries = new Map<string, RowEntry>()
  readonly #holders = new Map<string, Map<string, Set<string>>>()
  readonly #indexes = new Map<string, OrderedIndex>()
  readonly #free = new Map<string, { readonly key: UniqueKey; readonly at: string }>()

  constructor(table: Table, declared: DeclaredTable, watched: boolean) {
    this.table = table
    this.declared = declared
    this.watched = watched
    for (const name of declared.unique.keys()) this.#holders.set(name, new Map())
  }

  /** `id`: the primary key as a sort key. */
  entry(id: string): RowEntry | undefined {
    return this.#entries.get(id)
  }

  entries(): IterableIterator<RowEntry> {
    return this.#entries.values()
  }

  set(id: string, entry: RowEntry | undefined): void {
    const before = this.#entries.get(id)?.now
    const after = entry?.now
    if (entry === undefined) this.#entries.delete(id)
    else this.#entries.set(id, entry)
    if (before === after) return
    for (const [name, holders] of this.#holders) this.#moveHolder(name, holders, id, before, after)
    for (const index of this.#indexes.values()) {
      if (before !== undefined) index.drop(before)
      if (after !== undefined) index.add(after)
    }
  }

  /** What the transaction sees of a row that it reads by key. `found`: what the base has; of no interest where it is known. */
  read(id: string, key: Key, found: KeptRow | undefined): KeptRow | undefined {
    const known = this.#entries.get(id)
    const entry = known ?? freshEntry(key, found)
    if (this.watched && !entry.guarded) this.set(id, { ...entry, guarded: true })
    return entry.now
  }

  /** The id of a row that the transaction sees with these values of a unique key. */
  holder(unique: string, at: string): string | undefined {
    return this.#holders.get(unique)?.get(at)?.values().next().value
  }

  /** What the transaction does rests on it that the base has no row with this unique key. */
  isFree(unique: string, at: string): boolean {
    return this.#free.has(`${unique}\0${at}`)
  }

  /** Answers how it is taken back. */
  noteFree(key: UniqueKey, at: string): () => void {
    const name = `${key.unique}\0${at}`
    this.#free.set(name, { key, at })
    return () => this.#free.delete(name)
  }

  /** Those that nothing else guards: where a row takes one in the end that no other gives up, the batch itself does. */
  freeKeys(): UniqueKey[] {
    const given = new Set<string>()
    for (const { base } of this.#entries.values()) {
      if (base === undefined) continue
      for (const [unique, columns] of this.declared.unique)
        given.add(`${unique}\0${sortKeyOf(columns, base)}`)
    }
    const unguarded = [...this.#free].filter(
      ([name, { key, at }]) => given.has(name) || this.holder(key.unique, at) === undefined,
    )
    return unguarded.map(([, { key }]) => key)
  }

  /** Of the rows as the transaction sees them. */
  index(name: string): OrderedIndex {
    const known = this.#indexes.get(name)
    if (known !== undefined) return known
    const rows = [...this.#entries.values()].flatMap(({ now }) => now ?? [])
    const fresh = new OrderedIndex(this.declared.indexes.get(name) as readonly Column[], rows)
    this.#indexes.set(name, fresh)
    return fresh
  }

  idOf(row: Row): string {
    return sortKeyOf(this.declared.key, row)
  }

  /** How many rows that begin with `eq` are, as the base had them, replaced by what the transaction sees. */
  hiddenWithin(order: readonly Column[], eq: readonly Value[]): number {
    let hidden = 0
    for (const { base } of this.#entries.values())
      if (base !== undefined && beginsWith(order, eq, base)) hidden++
    return hidden
  }

  #moveHolder(
    unique: string,
    holders: Map<string, Set<string>>,
    id: string,
    before: KeptRow | undefined,
    after: KeptRow | undefined,
  ): void {
    const columns = this.declared.unique.get(unique) as readonly Column[]
    if (before !== undefined) holders.get(sortKeyOf(columns, before))?.delete(id)
    if (after === undefined) return
    const at = sortKeyOf(columns, after)
    const ids = holders.get(at) ?? new Set()
    holders.set(at, ids.add(id))
  }
}

export function beginsWith(order: readonly Column[], eq: readonly Value[], row: Row): boolean {
  return sortKeyOf(order.slice(0, eq.length), row) === sortKey(order, eq)
}
