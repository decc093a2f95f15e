import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Mark, SearchDocument } from '../../../ports/search/search.ts'
import { openForBuilding } from './connection.ts'
import { DocumentRows } from './document-rows.ts'
import { gatherWords, indexFormat, tables, whatFollows } from './index-schema.ts'
import { Labels } from './labels.ts'
import { SearchFolder, syncFile } from './search-folder.ts'

export interface BuildOptions {
  readonly file: string
  readonly cacheKib: number
  readonly gatheredBytes: number
}

/** Makes an index from nothing, in one transaction from the first document to the last. */
export class IndexBuilder {
  readonly #file: string
  readonly #db: DatabaseSync
  readonly #rows: DocumentRows
  #next = 0

  constructor(options: BuildOptions) {
    this.#file = options.file
    // Somebody may have removed it.
    new SearchFolder(dirname(options.file))
    this.#db = openForBuilding(options.file, options)
    this.#db.exec(`BEGIN; ${tables} ${gatherWords(options.gatheredBytes)}`)
    this.#rows = new DocumentRows(this.#db, new Labels(this.#db), 'INSERT')
  }

  add(documents: readonly SearchDocument[]): void {
    for (const document of documents) {
      const row = this.#next++
      this.#rows.document(row, document, 0)
      this.#rows.texts(row, document)
      this.#rows.words(row, document.words)
    }
  }

  /** The file is whole and on the disk afterwards. Throws where an id was given twice. */
  seal(mark: Mark): void {
    this.#db.exec(whatFollows)
    const meta = this.#db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    meta.run('format', indexFormat)
    meta.run('mark', mark)
    meta.run('seq', 0)
    this.#db.exec('COMMIT; PRAGMA journal_mode = WAL')
    this.#db.close()
    syncFile(this.#file)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}
