import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ChunkWords, chunkOf, distinctWords, type Texts } from './chunk-words.ts'
import { chunkRows } from './index-schema.ts'
import { mergePostings, nothingPosted, type Posted } from './merge-postings.ts'
import { bytesOf, hitsOf } from './postings.ts'

/** A row whose words have changed: what it had, and what it has. */
export interface TextChange {
  readonly old: Texts | undefined
  readonly new: Texts | undefined
}

/** Rewrites the postings of rows that have changed, and how many documents have each word. */
export class PostingChanges {
  readonly #find: StatementSync
  readonly #put: StatementSync
  readonly #remove: StatementSync
  readonly #count: StatementSync
  readonly #lastWord: StatementSync

  constructor(db: DatabaseSync) {
    this.#find = db.prepare('SELECT hits, places FROM postings WHERE chunk = ? AND word = ?')
    this.#put = db.prepare('INSERT OR REPLACE INTO postings (chunk, word, hits, places) VALUES (?, ?, ?, ?)')
    this.#remove = db.prepare('DELETE FROM postings WHERE chunk = ? AND word = ?')
    this.#lastWord = db.prepare('SELECT coalesce(max(n), 0) AS n FROM words WHERE n > 0')
    this.#count = db.prepare(
      'INSERT INTO words (word, docs, n) VALUES (?, ?, ?) ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs',
    )
  }

  write(changes: ReadonlyMap<number, TextChange>): void {
    const counts = new Map<string, number>()
    const chunks = Map.groupBy(
      [...changes.keys()].sort((one, other) => one - other),
      chunkOf,
    )
    for (const [chunk, rows] of chunks) this.#writeChunk(chunk, rows, { changes, counts })
    this.#writeCounts(counts)
  }

  #writeChunk(
    chunk: number,
    rows: readonly number[],
    { changes, counts }: { changes: ReadonlyMap<number, TextChange>; counts: Map<string, number> },
  ): void {
    const gathered = new ChunkWords()
    const gone = new Set<string>()
    for (const row of rows) {
      const change = changes.get(row)
      if (change?.old !== undefined) for (const word of distinctWords(change.old)) gone.add(word)
      if (change?.new !== undefined) gathered.add(row % chunkRows, change.new)
    }
    const changed = new Set(rows.map((row) => row % chunkRows))
    const rewrite = (word: string, added: Posted): void => {
      const old = this.#posted(chunk, word)
      const merged = mergePostings(old, changed, added)
      if (merged.hits.rows.length === 0) this.#remove.run(chunk, word)
      else this.#put.run(chunk, word, bytesOf(merged.hits), merged.places)
      const more = merged.hits.rows.length - old.hits.rows.length
      if (more !== 0) counts.set(word, (counts.get(word) ?? 0) + more)
    }
    for (const posted of gathered.take()) {
      gone.delete(posted.word)
      rewrite(posted.word, { hits: hitsOf(posted.hits), places: posted.places })
    }
    for (const word of gone) rewrite(word, nothingPosted)
  }

  #posted(chunk: number, word: string): Posted {
    const row = this.#find.get(chunk, word) as { hits: Uint8Array; places: Uint8Array } | undefined
    return row === undefined ? nothingPosted : { hits: hitsOf(row.hits), places: row.places }
  }

  /** A word that nobody has any more stays, with no documents, until the index is built anew. */
  #writeCounts(counts: ReadonlyMap<string, number>): void {
    let { n } = this.#lastWord.get() as { n: number }
    for (const [word, more] of counts) this.#count.run(word, more, ++n)
  }
}
