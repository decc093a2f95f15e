import type { MongodbAddress } from '../../shared/mongodb-address.ts'

/** How long anything may take, in ms. */
export interface SearchWaits {
  /** For a server that can be written to. Less than for a question, so that it is told when there is none. */
  readonly connectMs: number
  /** For a connection of the pool to be free. */
  readonly queueMs: number
  /** For one question, with all that is asked of the server for it; the server ends it too. */
  readonly queryMs: number
  /** For one command of a change or a rebuild. */
  readonly changeMs: number
  /** After so long without a sign of life a rebuild is given up, and the next one throws away what it has gathered. */
  readonly abandonedMs: number
}

export const defaultSearchWaits: SearchWaits = {
  connectMs: 4_000,
  queueMs: 5_000,
  queryMs: 5_000,
  changeMs: 60_000,
  abandonedMs: 12 * 3_600_000,
}

export interface SearchLimits {
  /** By relevance so many documents are compared word by word, those of the best chances. */
  readonly candidates: number
  /** It is counted up to so many how many documents have a word. */
  readonly havingUpTo: number
  /** Of one question so many words are counted at a time. */
  readonly countsAtOnce: number
  /** Answers to what was asked before are kept until the index changes: numbers of so many questions. */
  readonly keptCounts: number
  /** So many words are looked up or written by one command. */
  readonly wordsAtOnce: number
  /** What was removed is remembered for so many seconds, lest an older document of it comes back. */
  readonly goneSeconds: number
}

export const defaultSearchLimits: SearchLimits = {
  candidates: 300,
  havingUpTo: 100_000,
  countsAtOnce: 4,
  keptCounts: 200,
  wordsAtOnce: 5_000,
  goneSeconds: 24 * 3_600,
}

/** Connections at most, where nothing is said. */
export const usualSearchPool = 10

export interface MongodbSearchOptions extends MongodbAddress {
  readonly waits?: Partial<SearchWaits>
  readonly limits?: Partial<SearchLimits>
}
