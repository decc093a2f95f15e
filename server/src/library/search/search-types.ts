import type { Visibility } from '../../domain/artifact.ts'
import type { ArtifactType } from '../artifact-type.ts'
import type { FlatArtifact } from '../flat-types.ts'

/** By what hits can be counted. */
export type SearchFacetName =
  | 'type'
  | 'orgId'
  | 'ownerId'
  | 'tags'
  | 'skills'
  | 'capabilities'
  | 'category'
  | 'language'
  | 'license'
  | 'author'
  | 'organization'

/** Where words are found. `tags`: among tags, skills, capabilities, keywords, license and whose it is. */
export type SearchFieldName = 'slug' | 'name' | 'description' | 'tags' | 'sourceCode'

/** What a text is in which something was found: those that count as `tags`, each by its own name. */
export type SearchMatchField =
  | SearchFieldName
  | 'keywords'
  | 'skills'
  | 'capabilities'
  | 'organization'
  | 'author'
  | 'license'
  | 'orgId'

export type SearchOrder = 'relevance' | 'downloads' | 'stars' | 'updated' | 'created' | 'name'

/** What somebody looks for: all that is given must hold. A list of nothing asks for nothing in particular. */
export interface SearchQuery {
  /** Words, phrases in quotes, `-word`, and terms such as `license:MIT` or `stars:>10`; everything where nothing is said. */
  readonly query?: string
  /** One, or any of many; so is whatever has no list of its own below. */
  readonly type?: ArtifactType | readonly ArtifactType[]
  /** All of them. Upper and lower case are the same, here and below. */
  readonly tags?: string | readonly string[]
  /** All of them, by their names. */
  readonly skills?: string | readonly string[]
  /** All of them. */
  readonly capabilities?: string | readonly string[]
  readonly category?: string | readonly string[]
  readonly language?: string | readonly string[]
  readonly license?: string | readonly string[]
  readonly author?: string | readonly string[]
  readonly organization?: string | readonly string[]
  /** Empty: of nobody. As it is written, like `ownerId`. */
  readonly orgId?: string | readonly string[]
  /** Who publishes it. Empty: nobody was named. */
  readonly ownerId?: string | readonly string[]
  /** A semver range such as `>=2.1`: artifacts that work with a platform of such a version. */
  readonly platform?: string
  readonly minDownloads?: number
  readonly minStars?: number
  /** Made at that time or later. */
  readonly createdAfter?: Date
  /** Made before that time. */
  readonly createdBefore?: Date
  readonly updatedAfter?: Date
  readonly updatedBefore?: Date
  /** Whether the version that it stands at is deprecated. */
  readonly deprecated?: boolean
  /** Who may see it. Of what is not published yet that is `private`, whatever it will be. */
  readonly visibility?: Visibility | readonly Visibility[]
  /** `relevance` where nothing is said. */
  readonly sort?: SearchOrder
  /** By name from the beginning of the alphabet, all else from the most and the newest on, where nothing is said. */
  readonly order?: 'asc' | 'desc'
  /** From 1 to `limits.pageSize`; 20 where nothing is said. `pageSize` is the same. */
  readonly limit?: number
  /** From 1 on. The first 1,000 hits can be reached so; all of them by `after`, sorted otherwise than by relevance. */
  readonly page?: number
  readonly pageSize?: number
  /** `next` of the page before. */
  readonly after?: string
  /** How each score came about is told. */
  readonly explain?: boolean
}

export interface SearchPageQuery extends SearchQuery {
  /** What is counted; each of them where nothing is said. */
  readonly facets?: readonly SearchFacetName[]
  /** Values of each, the commonest; 20 where nothing is said. */
  readonly facetLimit?: number
}

/** A piece of a text, in which what was looked for stands at `marks`: from, and up to, in units of `snippet.slice`. */
export interface SearchMatch {
  readonly field: SearchMatchField
  readonly snippet: string
  readonly marks: readonly (readonly [number, number])[]
}

/** The score is the sum over the words, times 1 + `popularity` + `freshness`. */
export interface SearchExplanation {
  /** It has the name that was asked for: it comes before all that have not. */
  readonly isNamed: boolean
  readonly words: readonly {
    readonly text: string
    readonly score: number
    /** How much it says that something has this word: the more, the fewer have it. */
    readonly rarity: number
    /** What it adds where it was found; nothing: nowhere. */
    readonly fields: Readonly<Partial<Record<SearchFieldName, number>>>
  }[]
  readonly popularity: number
  readonly freshness: number
}

export interface SearchHit {
  readonly artifact: FlatArtifact
  /** It is called what was asked for. Those come first, then the others; among each of them the score tells the order. */
  readonly named: boolean
  /** The more the better; 0 where it is not sorted by relevance, and behind the first 200. */
  readonly score: number
  readonly matches: readonly SearchMatch[]
  readonly explanation?: SearchExplanation
}

export interface SearchFacetCount {
  readonly value: string
  readonly count: number
}

export interface SearchPage {
  readonly items: readonly SearchHit[]
  /** All that there are. */
  readonly total: number
  /** The commonest values first. Each facet is counted as if nothing had been asked of it, so that another value can be chosen. */
  readonly facets: Readonly<Partial<Record<SearchFacetName, readonly SearchFacetCount[]>>>
  /** For `after`; undefined on the last page. */
  readonly next?: string
  /** Undefined where it began with `after`. */
  readonly page?: number
  readonly pageSize: number
  /** What may have been meant: the query with the words that were found, and `type:` for `typ:`. */
  readonly suggestion?: string
  /** `typos`: few had what was asked for, so near spellings count too. `any`: nor they, so some of the words are enough. */
  readonly relaxed: 'none' | 'typos' | 'any'
  /** The backend's own engine has answered, for the one that was given does not. */
  readonly degraded: boolean
  /** The index had not come to where the registry is in time: what was changed last may be missing. */
  readonly stale: boolean
}

/** An artifact that may be meant by what was typed so far. */
export type SearchSuggestion = Pick<FlatArtifact, 'id' | 'orgId' | 'slug' | 'name' | 'type'>
