export interface SqliteSearchOptions {
  /** For the index alone, made where it is not there. One process at a time: who opens it sees to that. */
  readonly folder: string
  /** Threads that answer, each with the index in memory as far as every question wants it: some 110 bytes a document, and words. */
  readonly readers?: number
  /** Pages that each thread keeps in memory, in KiB. */
  readonly cacheKib?: number
  /** What each thread keeps of words that many documents have, in bytes: of each a bit for every document. */
  readonly keptBytes?: number
  /** Pages in memory while an index is built, in KiB. */
  readonly buildCacheKib?: number
  /** What fewer rows have is read anew each time, and sorted whole. */
  readonly fewRows?: number
  /** Words that are gathered in memory while an index is built, in bytes. */
  readonly gatheredBytes?: number
  /** Questions that wait for a thread; further ones are refused. */
  readonly waiting?: number
  readonly answerWithinMs?: number
  readonly applyWithinMs?: number
  /** For documents that are added to an index that is built. */
  readonly addWithinMs?: number
  /** For what is left to do when all documents of an index are there, and until it is in memory. */
  readonly finishWithinMs?: number
}
export type SqliteSearchBounds = Required<SqliteSearchOptions>

export const defaultBounds: Omit<SqliteSearchBounds, 'folder'> = {
  readers: 1,
  cacheKib: 32_768,
  keptBytes: 33_554_432,
  fewRows: 4_000,
  buildCacheKib: 65_536,
  gatheredBytes: 67_108_864,
  waiting: 1_000,
  answerWithinMs: 10_000,
  applyWithinMs: 60_000,
  addWithinMs: 60_000,
  finishWithinMs: 3_600_000,
}
