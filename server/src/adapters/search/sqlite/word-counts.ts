import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { searchFields } from '../../../domain/search.ts'
import type { Alternative } from '../../../ports/search/search.ts'
import type { Texts } from './document-rows.ts'
import { afterAllWith } from './index-schema.ts'

/** How many documents have a word. */
export class WordCounts {
  readonly #word: StatementSync
  readonly #beginning: StatementSync

  constructor(db: DatabaseSync) {
    this.#word = db.prepare('SELECT docs FROM words WHERE word = ?')
    this.#beginning = db.prepare('SELECT sum(docs) FROM words WHERE word >= ? AND word < ?')
    for (const statement of [this.#word, this.#beginning]) statement.setReturnArrays(true)
  }

  /** At most so many of the documents: of words that follow each other, as many as have the rarest. */
  of({ words, prefix }: Alternative, documents: number): number {
    const counts = words.map((word, at) => this.#count(word, prefix && at === words.length - 1))
    return words.length === 0 ? 0 : Math.min(documents, ...counts)
  }

  #count(word: string, isBeginning: boolean): number {
    const row = isBeginning ? this.#beginning.get(word, afterAllWith(word)) : this.#word.get(word)
    return (row as unknown as [number | null] | undefined)?.[0] ?? 0
  }
}

/** Gathers by how much the counts of words change, and writes it down. */
export class WordCountChanges {
  readonly #changes = new Map<string, number>()

  note(old: Texts | undefined, fresh: Texts | undefined): void {
    for (const word of distinctWords(old)) this.#add(word, -1)
    for (const word of distinctWords(fresh)) this.#add(word, 1)
  }

  /** A word that nobody has any more stays, with no documents, until the index is built anew. */
  write(db: DatabaseSync): void {
    const last = db.prepare('SELECT coalesce(max(n), 0) AS n FROM words WHERE n > 0').get() as { n: number }
    const write = db.prepare(
      'INSERT INTO words (word, docs, n) VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs',
    )
    let { n } = last
    for (const [word, more] of this.#changes) if (more !== 0) write.run(word, more, ++n)
  }

  #add(word: string, more: number): void {
    this.#changes.set(word, (this.#changes.get(word) ?? 0) + more)
  }
}

function distinctWords(texts: Texts | undefined): ReadonlySet<string> {
  if (texts === undefined) return new Set()
  return new Set(searchFields.flatMap((field) => (texts[field] === '' ? [] : texts[field].split(' '))))
}
