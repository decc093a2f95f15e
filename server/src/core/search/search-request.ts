import type { Artifact } from '../../domain/artifact.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { MatchField, SearchFacet, SearchNumber, SearchSort } from '../../domain/search.ts'
import type { ClauseScore } from '../../domain/search-score.ts'

/** What somebody looks for. All that is given must hold. */
export interface SearchRequest {
  /** Words, phrases in quotes, `-word`, and terms such as `license:MIT`: see the guide to searching. */
  readonly text?: string
  /** The text is still being typed: its last word may be the beginning of one. */
  readonly asTyped?: boolean
  /** Any of the values of `kind`, `namespace`, `category` …; all of the topics, skills and capabilities. */
  readonly facets?: Readonly<Partial<Record<SearchFacet, readonly string[]>>>
  readonly ranges?: readonly { readonly number: SearchNumber; readonly from?: number; readonly to?: number }[]
  /** A semver range: artifacts that work with a platform of such a version. */
  readonly platform?: string
  readonly deprecated?: boolean
  /** By relevance where nothing is said. */
  readonly sort?: SearchSort
  /** The largest first, or the last of the alphabet; of no matter by relevance. */
  readonly back?: boolean
  /** Where an earlier page ended. */
  readonly after?: string
  /** Hits that are passed over: not together with `after`. */
  readonly offset?: number
  /** 0 to `limits.searchPage`. */
  readonly limit: number
  readonly countFacets?: readonly SearchFacet[]
  /** Values of each facet. */
  readonly facetLimit?: number
  /** Whether what many use, and what is new, counts more; it does where nothing is said. Of no matter but by relevance. */
  readonly boosts?: boolean
  readonly explain?: boolean
  /** false: no pieces of texts are shown, nor read. */
  readonly snippets?: boolean
}

/** A piece of a text, and what of it was looked for: from, to, in UTF-16 units of the piece. */
export interface Snippet {
  readonly field: MatchField
  readonly text: string
  readonly marks: readonly (readonly [number, number])[]
}

/** How a score comes about: the sum of the clauses times what many use and what is new adds. */
export interface Explanation {
  readonly isNamed: boolean
  readonly clauses: readonly (ClauseScore & { readonly text: string })[]
  readonly popularity: number
  readonly freshness: number
}

export interface SearchHit {
  readonly artifact: Artifact
  /** Where its versions are pulled from. */
  readonly repository: RepositoryName
  /** Why the version that it stands at should not be used any more. */
  readonly deprecated?: string
  /** It is called what was asked for: by relevance those come first, then the others. */
  readonly named: boolean
  /** Tells the order among those that are named, and among the others. 0 where it is not sorted by relevance, and beyond the hits that are scored. */
  readonly score: number
  readonly matches: readonly Snippet[]
  readonly explanation?: Explanation
}

/** `typos`: few had what was asked for, so near spellings count too. `any`: nor they; some of the words are enough. */
export type Relaxed = 'none' | 'typos' | 'any'

export interface FacetValue {
  readonly value: string
  readonly count: number
}

export interface SearchResult {
  readonly hits: readonly SearchHit[]
  /** How many there are, to the last one. */
  readonly total: number
  readonly facets: Readonly<Partial<Record<SearchFacet, readonly FacetValue[]>>>
  /** Where the next page begins; absent on the last one, and after the last hit that relevance can tell apart. */
  readonly next?: string
  readonly relaxed: Relaxed
  /** What may have been meant: the text with the words that were found, and `kind:` for `kindd:`. */
  readonly suggestion?: string
  /** Another engine has answered than the one that was configured. */
  readonly degraded: boolean
  readonly engine: string
}
