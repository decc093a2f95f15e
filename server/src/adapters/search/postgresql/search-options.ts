import type { PostgresqlAddress } from '../../shared/postgresql-address.ts'

/** How long anything may take, in ms. */
export interface SearchWaits {
  /** For a connection to be made. */
  readonly connectMs: number
  /** For a connection of the pool to be free. */
  readonly queueMs: number
  /** For one question; the server ends it. */
  readonly queryMs: number
  /** For one statement of a change, rows that others have locked included. */
  readonly changeMs: number
  /** For one statement of a rebuild, such as the making of an index. */
  readonly buildMs: number
  /** For an answer after the server should have ended the statement; then the connection is given up. */
  readonly graceMs: number
  /** For connections to end when the engine is closed. */
  readonly closeMs: number
  /** After so long without a sign of life a rebuild is given up, and the next one throws away what it has gathered. */
  readonly abandonedMs: number
}

export const defaultSearchWaits: SearchWaits = {
  connectMs: 5_000,
  queueMs: 5_000,
  queryMs: 5_000,
  changeMs: 60_000,
  buildMs: 3_600_000,
  graceMs: 2_000,
  closeMs: 5_000,
  abandonedMs: 12 * 3_600_000,
}

export interface SearchLimits {
  /** Connections of this process; one more for a moment where a question is given up. */
  readonly connections: number
  /** MiB that a question may sort and count in before the server goes to its disk. */
  readonly workMemory: number
  /** MiB for the making of an index. */
  readonly buildMemory: number
  /** By relevance so many documents are compared word by word, those of the best chances. */
  readonly candidates: number
  /** Of words that begin alike no more are asked how many documents have them. */
  readonly prefixWords: number
  /** Answers to what was asked before are kept until the index changes: numbers of so many questions. */
  readonly keptCounts: number
  /** Of a document so many bytes of words are indexed, less than 1 MiB; where it has more, its texts are looked through. */
  readonly lexemeBytes: number
  /** A rebuild counts so many words before it writes them down. */
  readonly countedWords: number
  /** What was removed is remembered for so many seconds, lest an older document of it comes back. */
  readonly goneSeconds: number
}

export const defaultSearchLimits: SearchLimits = {
  connections: 4,
  workMemory: 64,
  buildMemory: 256,
  candidates: 300,
  prefixWords: 2_000,
  keptCounts: 200,
  lexemeBytes: 900_000,
  countedWords: 200_000,
  goneSeconds: 24 * 3_600,
}

export interface PostgresqlSearchOptions extends PostgresqlAddress {
  readonly waits?: Partial<SearchWaits>
  readonly limits?: Partial<SearchLimits>
}
