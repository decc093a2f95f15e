import type { DatabaseSync } from 'node:sqlite'
import { searchFields } from '../../../domain/search.ts'
import type { DocumentRows, Texts } from './document-rows.ts'
import { mergeSome } from './index-schema.ts'

const noWords: Texts = { name: '', title: '', description: '', topics: '', source: '' }

/**
 * Gathers what changes of words, to be written when all else is: a statement that may have to be taken back in a transaction,
 * such as one on a table with a unique index, makes FTS5 write down what it has gathered, however little that is.
 */
export class WordChanges {
  readonly #rows = new Map<number, Texts>()
  readonly #counts = new Map<string, number>()

  note(row: number, old: Texts | undefined, fresh: Texts | undefined): void {
    // A row without words is found by none. After a DELETE, FTS5 leaves a last row id that node:sqlite refuses to tell.
    this.#rows.set(row, fresh ?? noWords)
    for (const word of distinctWords(old)) this.#add(word, -1)
    for (const word of distinctWords(fresh)) this.#add(word, 1)
  }

  /** A word that nobody has any more stays, with no documents, until the index is built anew. */
  write(db: DatabaseSync, rows: DocumentRows): void {
    const last = db.prepare('SELECT coalesce(max(n), 0) AS n FROM words WHERE n > 0').get() as { n: number }
    const write = db.prepare(
      'INSERT INTO words (word, docs, n) VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs',
    )
    let { n } = last
    for (const [word, more] of this.#counts) if (more !== 0) write.run(word, more, ++n)
    for (const [row, texts] of this.#rows) rows.words(row, texts)
    db.exec(mergeSome)
  }

  #add(word: string, more: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + more)
  }
}

function distinctWords(texts: Texts | undefined): ReadonlySet<string> {
  if (texts === undefined) return new Set()
  return new Set(searchFields.flatMap((field) => (texts[field] === '' ? [] : texts[field].split(' '))))
}
