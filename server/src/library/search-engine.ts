import type { Visibility } from '../domain/artifact.ts'

/** What a search engine is asked for. It may answer with more than fits: what does not hold is left out afterwards. */
export interface SearchQuery {
  /** Words that somebody is looking for. */
  readonly text?: string
  /** The id of an artifact that others are to be like; itself is not to be among them. */
  readonly like?: string
  /** Any of them. */
  readonly type?: readonly string[]
  /** All of them. */
  readonly tags?: readonly string[]
  /** All of them. */
  readonly skills?: readonly string[]
  /** Any of them. */
  readonly visibility?: readonly Visibility[]
  /** So many ids are enough. */
  readonly limit: number
}

/**
 * Finds artifacts by what is written in them. A registry that has one asks it wherever `text` is looked for, and for what is
 * related; it follows the changes by `registry.events`. What it answers is looked up, so an index that lags behind never
 * shows what is gone; what it throws is told as UNAVAILABLE.
 */
export interface SearchEngine {
  /** Ids of artifacts, those that fit best first. */
  find(query: SearchQuery): Promise<readonly string[]> | readonly string[]
}
