import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { searchFacets } from '../../../domain/search.ts'

/** What is kept as numbers that stand for texts: facets first, by their place in `searchFacets`. */
export const ownerColumn: number = searchFacets.length
export const platformColumn: number = searchFacets.length + 1
/** The first letters of beginnings, by which completion finds its candidates. */
export const lettersColumn: number = searchFacets.length + 2
/** Kinds as paths of repositories have them, which is not always what an artifact is. */
export const homeKindColumn: number = searchFacets.length + 3
export const labelColumns: number = searchFacets.length + 4

/** Labels that are not looked up in the database again. */
const keptLabels = 200_000

/** Numbers for labels, from 0 on in each column. They stay for as long as the index. */
export class Labels {
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #db: DatabaseSync
  #next: number[] = []
  #kept: Map<string, number>[] = []
  #size = 0

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#find = db.prepare('SELECT n FROM labels WHERE column = ? AND label = ?')
    this.#insert = db.prepare('INSERT INTO labels (column, n, label) VALUES (?, ?, ?)')
    this.forget()
  }

  numberOf(column: number, label: string): number {
    const known = this.#kept[column]?.get(label)
    if (known !== undefined) return known
    const row = this.#find.get(column, label) as { n: number } | undefined
    const number = row?.n ?? this.#added(column, label)
    if (this.#size++ > keptLabels) this.#empty()
    this.#kept[column]?.set(label, number)
    return number
  }

  /** What was added since a transaction began is gone, as that is. */
  forget(): void {
    const last = this.#db.prepare('SELECT max(n) AS n FROM labels WHERE column = ?')
    this.#next = Array.from({ length: labelColumns }, (_, column) => {
      const row = last.get(column) as { n: number | null } | undefined
      return (row?.n ?? -1) + 1
    })
    this.#empty()
  }

  #added(column: number, label: string): number {
    const number = this.#next[column] ?? 0
    this.#insert.run(column, number, label)
    this.#next[column] = number + 1
    return number
  }

  #empty(): void {
    this.#kept = Array.from({ length: labelColumns }, () => new Map<string, number>())
    this.#size = 0
  }
}
