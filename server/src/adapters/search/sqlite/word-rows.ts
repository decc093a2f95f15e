import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type SearchField, searchFields } from '../../../domain/search.ts'
import type { Alternative, Clause } from '../../../ports/search/search.ts'
import type { LoadedIndex } from './loaded-index.ts'
import { RowSet } from './row-set.ts'

/** So many rows that have changed are looked at again one by one; with more, all are. */
const changesMost = 500

/** Where a word says so much that whoever has it there comes before the others. */
export const telling: readonly SearchField[] = ['name', 'title']

export interface KeptBounds {
  readonly keptBytes: number
  /** What fewer rows have is not kept. */
  readonly fewRows: number
}

interface Kept {
  readonly rows: RowSet
  /** How many of the changes it knows of. */
  changes: number
}

/** Rows by their words, as FTS5 finds them. What many rows have is kept, and follows what changes. */
export class WordRows {
  readonly #index: LoadedIndex
  readonly #bounds: KeptBounds
  readonly #all: StatementSync
  readonly #some: StatementSync
  /** By what was asked; that which was asked for last is the last. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  /** Rows that have changed. */
  #changes: number[] = []

  constructor(index: LoadedIndex, bounds: KeptBounds) {
    this.#index = index
    this.#bounds = bounds
    this.#all = readerOf(index.db, '')
    this.#some = readerOf(index.db, 'AND rowid IN (SELECT value FROM json_each(?))')
    index.onChange.push((row) => this.#note(row))
  }

  /** What fewer rows have is not kept. */
  get fewRows(): number {
    return this.#bounds.fewRows
  }

  knows(asked: string): boolean {
    return this.#kept.has(asked)
  }

  rowsOf(asked: string): RowSet {
    const kept = this.#kept.get(asked)
    if (kept !== undefined && this.#follow(asked, kept)) return kept.rows
    const found = read(this.#all, asked)
    const rows = RowSet.of(found, this.#index.columns.rows)
    if (found.length >= this.#bounds.fewRows) this.#keep(asked, { rows, changes: this.#changes.length })
    return rows
  }

  #note(row: number): void {
    this.#changes.push(row)
    if (this.#changes.length <= 2 * changesMost) return
    // Who knows of the later half stays.
    this.#changes = this.#changes.slice(changesMost)
    for (const [asked, kept] of this.#kept) {
      kept.changes -= changesMost
      if (kept.changes < 0) this.#forget(asked, kept)
    }
  }

  /** False: too much has changed. */
  #follow(asked: string, kept: Kept): boolean {
    const changed = this.#changes.slice(kept.changes)
    this.#kept.delete(asked)
    if (changed.length > changesMost) {
      this.#bytes -= kept.rows.bytes
      return false
    }
    this.#kept.set(asked, kept)
    if (changed.length === 0) return true
    this.#bytes -= kept.rows.bytes
    for (const row of changed) kept.rows.put(row, false)
    for (const row of read(this.#some, asked, JSON.stringify(changed))) kept.rows.put(row, true)
    kept.changes = this.#changes.length
    this.#bytes += kept.rows.bytes
    return true
  }

  #keep(asked: string, kept: Kept): void {
    this.#kept.set(asked, kept)
    this.#bytes += kept.rows.bytes
    for (const [first, oldest] of this.#kept) {
      if (this.#bytes <= this.#bounds.keptBytes) return
      this.#forget(first, oldest)
    }
  }

  #forget(asked: string, { rows }: Kept): void {
    this.#kept.delete(asked)
    this.#bytes -= rows.bytes
  }
}

/** A list as JSON is made and read in half the time that calls or rows take, one for each. */
function readerOf(db: DatabaseSync, where: string): StatementSync {
  const statement = db.prepare(`SELECT json_group_array(rowid) FROM search WHERE search MATCH ? ${where}`)
  statement.setReturnArrays(true)
  return statement
}

function read(statement: StatementSync, ...asked: string[]): readonly number[] {
  const [rows] = statement.get(...asked) as unknown as [string]
  return JSON.parse(rows) as number[]
}

/** A clause in the words of FTS5; undefined: nothing can match it. Words have no sign that means anything there. */
export function expressionOf({ alternatives, fields = searchFields }: Clause): string | undefined {
  const asked = alternatives.filter(({ words }) => words.length > 0)
  if (asked.length === 0 || fields.length === 0) return undefined
  const where = fields.length === searchFields.length ? '' : `{${fields.join(' ')}} : `
  return asked.map((alternative) => `${where}${phraseOf(alternative)}`).join(' OR ')
}

function phraseOf({ words, prefix }: Alternative): string {
  return `"${words.join(' ')}"${prefix ? ' *' : ''}`
}

/** The clause in those of these fields that it is about. */
export function withinFields(clause: Clause, within: readonly SearchField[]): Clause {
  const { fields = searchFields } = clause
  return { ...clause, fields: fields.filter((field) => within.includes(field)) }
}
