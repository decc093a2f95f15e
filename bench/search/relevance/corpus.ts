import { createHash } from 'node:crypto'

export interface Document {
  readonly name: string
  /** The short description; the long one as well where the index has it. */
  readonly description: string
  readonly topics: readonly string[]
  /** Debian's section. */
  readonly category: string
  readonly homepage: string
  /** The maintainer's name. */
  readonly author: string
}

export interface Filters {
  readonly category?: string
  /** A document must have all of them. */
  readonly topics?: readonly string[]
}

export interface Corpus {
  readonly documents: readonly Document[]
  /** Names of the list that the index does not know. */
  readonly missing: readonly string[]
}

export function passes(document: Document, { category, topics = [] }: Filters): boolean {
  if (category !== undefined && document.category !== category) return false
  return topics.every((topic) => document.topics.includes(topic))
}

/** Tells corpora apart: figures of other texts are not comparable. */
export function digestOf({ documents }: Corpus): string {
  return createHash('sha256').update(JSON.stringify(documents)).digest('hex').slice(0, 12)
}
