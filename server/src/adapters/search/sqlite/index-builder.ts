import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Mark, SearchDocument } from '../../../ports/search/search.ts'
import { ChunkWords, chunkOf } from './chunk-words.ts'
import { openForBuilding } from './connection.ts'
import { DocumentRows } from './document-rows.ts'
import { chunkRows, indexes, indexFormat, tables, whatIsSaid } from './index-schema.ts'
import { Labels } from './labels.ts'
import { syncFile } from './search-folder.ts'

export interface BuildOptions {
  readonly file: string
  readonly cacheKib: number
  /** So many words are counted in memory before their numbers are written down. */
  readonly countedWords: number
}

/** Makes an index from nothing, in one transaction from the first document to the last. */
export class IndexBuilder {
  readonly #options: BuildOptions
  readonly #db: DatabaseSync
  readonly #rows: DocumentRows
  readonly #posting: StatementSync
  readonly #word: StatementSync
  readonly #chunk = new ChunkWords()
  readonly #counts = new Map<string, number>()
  #next = 0

  constructor(options: BuildOptions) {
    this.#options = options
    this.#db = openForBuilding(options.file, options)
    this.#db.exec(`BEGIN; ${tables}`)
    this.#rows = new DocumentRows(this.#db, new Labels(this.#db))
    this.#posting = this.#db.prepare('INSERT INTO postings (chunk, word, hits, places) VALUES (?, ?, ?, ?)')
    this.#word = this.#db.prepare(
      'INSERT INTO words (word, docs, n) VALUES (?, ?, 0) ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs',
    )
  }

  add(documents: readonly SearchDocument[]): void {
    for (const document of documents) {
      const row = this.#next++
      this.#rows.document(row, document, 0)
      this.#rows.texts(row, document.words, document)
      this.#chunk.add(row % chunkRows, document.words)
      if (this.#next % chunkRows === 0) this.#writeChunk(chunkOf(row))
    }
  }

  /** The file is whole and on the disk afterwards. Throws where an id was given twice. */
  seal(mark: Mark): void {
    if (!this.#chunk.isEmpty) this.#writeChunk(chunkOf(this.#next - 1))
    this.#writeCounts()
    const meta = this.#db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    this.#db.exec(whatIsSaid)
    this.#db.exec(indexes)
    meta.run('format', indexFormat)
    meta.run('mark', mark)
    meta.run('seq', 0)
    this.#db.exec('COMMIT; PRAGMA journal_mode = WAL')
    this.#db.close()
    syncFile(this.#options.file)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #writeChunk(chunk: number): void {
    for (const { word, count, hits, places } of this.#chunk.take()) {
      this.#posting.run(chunk, word, hits, places)
      this.#counts.set(word, (this.#counts.get(word) ?? 0) + count)
    }
    if (this.#counts.size > this.#options.countedWords) this.#writeCounts()
  }

  #writeCounts(): void {
    for (const word of [...this.#counts.keys()].sort()) this.#word.run(word, this.#counts.get(word) ?? 0)
    this.#counts.clear()
  }
}
