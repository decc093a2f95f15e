import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SearchDocument } from '../../../ports/search/search.ts'
import type { Texts } from './chunk-words.ts'
import type { Labels } from './labels.ts'
import { packed } from './packed-document.ts'

/** What an artifact is called, as it was given. */
export interface Said {
  readonly names: readonly string[]
  readonly beginnings: readonly string[]
}

/** What is kept of documents beside their postings. */
export class DocumentRows {
  readonly #labels: Labels
  readonly #docs: StatementSync
  readonly #texts: StatementSync
  readonly #name: StatementSync
  readonly #beginning: StatementSync

  constructor(db: DatabaseSync, labels: Labels) {
    this.#labels = labels
    this.#docs = db.prepare(
      'INSERT OR REPLACE INTO docs (row, id, version, seq, name_key, packed) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#texts = db.prepare(
      `INSERT OR REPLACE INTO texts (row, name, title, description, topics, said, source)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#name = db.prepare('INSERT OR IGNORE INTO names (name, row) VALUES (?, ?)')
    this.#beginning = db.prepare('INSERT OR IGNORE INTO beginnings (text, row) VALUES (?, ?)')
  }

  document(row: number, document: SearchDocument, seq: number): void {
    const { id, version, nameKey } = document
    this.#docs.run(row, id, version, seq, nameKey, packed(document, this.#labels))
  }

  texts(row: number, { name, title, description, topics, source }: Texts, said: Said): void {
    this.#texts.run(row, name, title, description, topics, saidAs(said), source)
  }

  called(row: number, { names, beginnings }: Said): void {
    for (const name of names) this.#name.run(name, row)
    for (const beginning of beginnings) this.#beginning.run(beginning, row)
  }
}

export function saidAs({ names, beginnings }: Said): string {
  return JSON.stringify([names, beginnings])
}

export function saidOf(text: string): Said {
  const [names, beginnings] = JSON.parse(text) as [string[], string[]]
  return { names, beginnings }
}
