import type { Visibility } from './artifact.ts'

/** Where words are looked for, those that say most first. */
export const searchFields = ['name', 'title', 'description', 'topics', 'source'] as const
export type SearchField = (typeof searchFields)[number]

/** What short texts are that count as one field, `topics`, where words are looked for. */
export type LabelField =
  | 'topics'
  | 'keywords'
  | 'skills'
  | 'capabilities'
  | 'organization'
  | 'author'
  | 'license'

/** What a text is in which something was found. */
export type MatchField = SearchField | LabelField | 'namespace'

/** By what artifacts are narrowed down and counted. An artifact may have none, one or several values of each. */
export const searchFacets = [
  'kind',
  'namespace',
  'topic',
  'skill',
  'capability',
  'category',
  'language',
  'license',
  'author',
  'organization',
  'publisher',
] as const
export type SearchFacet = (typeof searchFacets)[number]

/** Numbers that a range may be asked for. Times in ms since 1970. */
export const searchNumbers = ['downloads', 'stars', 'createdAt', 'updatedAt'] as const
export type SearchNumber = (typeof searchNumbers)[number]

export const searchSorts = ['relevance', 'downloads', 'stars', 'updatedAt', 'createdAt', 'name'] as const
export type SearchSort = (typeof searchSorts)[number]

/** Artifacts of which all that is named here holds; where nothing is named, every artifact. */
export interface SightClause {
  readonly visibilities?: readonly Visibility[]
  readonly namespaces?: readonly string[]
  /** None of these. */
  readonly exceptNamespaces?: readonly string[]
  readonly owners?: readonly string[]
  readonly kinds?: readonly string[]
  /** Globs, as grants have them (`matchesGlob`): of each list one has to match. */
  readonly names?: readonly (readonly string[])[]
}

/** What somebody may find: artifacts of which one of these holds. None: nothing. */
export type Sight = readonly SightClause[]

/** Whoever may see everything. */
export const wholeSight: Sight = [{}]

/** What is asked of an artifact before it is shown to somebody. */
export interface Seen {
  readonly visibility: Visibility
  readonly namespace: string
  readonly owner: string
  /** Of its repository, as its path has it: what grants name. A chart that was pushed to `acme/app` is of an `image` there. */
  readonly kind: string
  /** Of its repository within the namespace. */
  readonly name: string
}
