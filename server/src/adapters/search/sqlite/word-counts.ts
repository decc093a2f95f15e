import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Alternative } from '../../../ports/search/search.ts'
import { afterAllWith } from './index-schema.ts'

/** How many documents have a word. */
export class WordCounts {
  readonly #word: StatementSync
  readonly #beginning: StatementSync
  readonly #commonest: StatementSync

  constructor(db: DatabaseSync) {
    this.#word = db.prepare('SELECT docs FROM words WHERE word = ?')
    this.#beginning = db.prepare('SELECT sum(docs) FROM words WHERE word >= ? AND word < ?')
    this.#commonest = db.prepare('SELECT word FROM words WHERE docs >= ? ORDER BY docs DESC, word LIMIT ?')
    for (const statement of [this.#word, this.#beginning, this.#commonest]) statement.setReturnArrays(true)
  }

  /** At most so many of the documents: of words that follow each other, as many as have the rarest. */
  of({ words, prefix }: Alternative, documents: number): number {
    const counts = words.map((word, at) => this.#count(word, prefix && at === words.length - 1))
    return words.length === 0 ? 0 : Math.min(documents, ...counts)
  }

  /** Words that so many documents have, the commonest first. */
  commonest(documents: number, limit: number): readonly string[] {
    const rows = this.#commonest.all(documents, limit) as unknown as readonly (readonly [string])[]
    return rows.map(([word]) => word)
  }

  #count(word: string, isBeginning: boolean): number {
    const row = isBeginning ? this.#beginning.get(word, afterAllWith(word)) : this.#word.get(word)
    return (row as unknown as [number | null] | undefined)?.[0] ?? 0
  }
}
