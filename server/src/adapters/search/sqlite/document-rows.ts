import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SearchDocument } from '../../../ports/search/search.ts'
import type { Labels } from './labels.ts'
import { packed } from './packed-document.ts'

export type Texts = SearchDocument['words']

/** What an artifact is called, as it was given. */
export type Said = Pick<SearchDocument, 'names' | 'beginnings'>

/** What is written of each document, whether an index is built or changed. */
export class DocumentRows {
  readonly #labels: Labels
  readonly #docs: StatementSync
  readonly #texts: StatementSync
  readonly #search: StatementSync

  /** @param write rows that are new, which takes less, or any */
  constructor(db: DatabaseSync, labels: Labels, write: 'INSERT' | 'INSERT OR REPLACE') {
    this.#labels = labels
    this.#docs = db.prepare(
      `${write} INTO docs (row, id, version, seq, name_key, weight, packed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#texts = db.prepare(
      `${write} INTO texts (row, name, title, description, topics, said, source)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#search = db.prepare(
      `${write} INTO search (rowid, name, title, description, topics, source) VALUES (?, ?, ?, ?, ?, ?)`,
    )
  }

  document(row: number, document: SearchDocument, seq: number): void {
    const { id, version, nameKey, weight } = document
    this.#docs.run(row, id, version, seq, nameKey, weight, packed(document, this.#labels))
  }

  texts(row: number, { words, ...said }: Said & { readonly words: Texts }): void {
    const { name, title, description, topics, source } = words
    this.#texts.run(row, name, title, description, topics, saidAs(said), source)
  }

  words(row: number, { name, title, description, topics, source }: Texts): void {
    this.#search.run(row, name, title, description, topics, source)
  }
}

export function saidAs({ names, beginnings }: Said): string {
  return JSON.stringify([names, beginnings])
}

export function saidOf(text: string): Said {
  const [names, beginnings] = JSON.parse(text) as [string[], string[]]
  return { names, beginnings }
}
