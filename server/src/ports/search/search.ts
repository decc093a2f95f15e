import type { Visibility } from '../../domain/artifact.ts'
import type { SearchFacet, SearchField, SearchNumber, SearchSort, Seen, Sight } from '../../domain/search.ts'

/**
 * What is found of one artifact. Its words are made by the registry, alike for documents and for what is asked: an engine
 * takes them as they are. A word consists of letters and numbers, folded and stemmed, and has no blank in it.
 */
export interface SearchDocument {
  readonly id: string
  /** Words in their order, with one blank between two. A gap that no phrase goes over is the word `gapWord`. */
  readonly words: Readonly<Record<SearchField, string>>
  /** What it is called, folded: who asks for one of these wants this artifact. */
  readonly names: readonly string[]
  /** What somebody who begins to type it may begin with, folded: each a name from the start of one of its words on. */
  readonly beginnings: readonly string[]
  /** What lists by name are ordered by: bytes of UTF-8. */
  readonly nameKey: string
  /** As they are shown. Of each facet no two have the same `facetKey`. */
  readonly facets: Readonly<Record<SearchFacet, readonly string[]>>
  readonly visibility: Visibility
  readonly owner: string
  /** Of its repository, for sight alone: its kind as the path has it, and its name within the namespace. */
  readonly home: SearchHome
  readonly numbers: Readonly<Record<SearchNumber, number>>
  readonly deprecated: boolean
  /** The least version of the platform that it works with, as text that sorts as versions do; empty where it says nothing. */
  readonly platform: string
  /** What many people use comes first where words say nothing: 0 and more. */
  readonly weight: number
  /** Of two documents of one id the one with the larger is newer. Those that have the same differ in numbers and weight alone. */
  readonly version: number
}

/** What a repository is to rights over kinds and names; the namespace is a facet. */
export type SearchHome = Pick<Seen, 'kind' | 'name'>

/** Stands between words that do not follow each other. It is asked for by nobody. */
export const gapWord = '0gap0'

/** An artifact's document, or that it has none any more, or how much it is used by now. */
export type IndexChange =
  | { readonly do: 'put'; readonly document: SearchDocument }
  | { readonly do: 'remove'; readonly id: string; readonly version: number }
  /** Of the document of that very version, which stays as it is otherwise. Where the index has another one, or none, it changes nothing. */
  | ({ readonly do: 'count'; readonly id: string; readonly version: number } & SearchUses)

/** What of a document may change while its version stays. */
export type SearchUses = Pick<SearchDocument, 'numbers' | 'weight'>

/** Uses alone. */
export type CountChange = Extract<IndexChange, { readonly do: 'count' }>
/** What an index has of an artifact comes or goes with it. */
export type WholeChange = Exclude<IndexChange, CountChange>

/** How far an index has followed the log of events: the engine keeps the text and compares it for equality alone. */
export type Mark = string

/** One way to satisfy a clause: a word, or words that follow each other in one field. */
export interface Alternative {
  readonly words: readonly string[]
  /** The last word is the beginning of one. */
  readonly prefix: boolean
  /** How much a match of this counts: 1, less for what is only near to what was asked for. */
  readonly weight: number
}

/** Any of the alternatives, in any of the fields. */
export interface Clause {
  readonly alternatives: readonly Alternative[]
  /** Everywhere where nothing is said. */
  readonly fields?: readonly SearchField[]
  /** How much it counts that a hit satisfies this one; 1 where nothing is said. */
  readonly rarity?: number
}

/** All of it must hold. */
export interface SearchFilter {
  /** Of each entry, one of the keys (`facetKey`). A facet may be named by several entries. */
  readonly facets: readonly { readonly facet: SearchFacet; readonly keys: readonly string[] }[]
  readonly ranges: readonly { readonly number: SearchNumber; readonly from?: number; readonly to?: number }[]
  /** Versions from one, below another, as texts that sort; any of them. */
  readonly platform?: readonly { readonly from?: string; readonly below?: string }[]
  readonly deprecated?: boolean
}

/** After which hit a page begins: what that one was sorted by, and its id. */
export interface SearchPlace {
  readonly value: number | string
  readonly id: string
}

export interface EngineQuery {
  readonly clauses: readonly Clause[]
  /** So many of the clauses have to match; all of them where there are as many. */
  readonly atLeast: number
  /** By these hits are estimated too, as by the others. Nothing is a hit for having one of them, or not for having none. */
  readonly further?: readonly Clause[]
  /** None of these may match. */
  readonly without: readonly Clause[]
  readonly filter: SearchFilter
  /** Comes before all else: what is not in sight does not exist, in any number either. */
  readonly sight: Sight
  /** Folded; of those that match, artifacts with one of these among their names come first by relevance. */
  readonly names: readonly string[]
  readonly sort: SearchSort
  /** The whole order is turned around, ids included. Of no matter by relevance: there the best is first, and of equal ones the lower id. */
  readonly back: boolean
  /** Not with relevance, whose hits are few enough to be answered at once. */
  readonly after?: SearchPlace
  /** 0 to `searchBounds.hits`. In any order, fewer hits are the first of more: pages are cut from answers of several lengths. */
  readonly limit: number
  /** Each is counted as if its own entries in the filter were not there. */
  readonly facets: readonly SearchFacet[]
}

export interface EngineHit {
  readonly id: string
  /** By relevance: has one of the names that were asked for. */
  readonly isNamed: boolean
  /**
   * What it is sorted by; the engine's own estimate where that is relevance, of which only the order matters. It goes by the
   * document and the query alone: how often words occur in others may tell of what is out of sight.
   */
  readonly value: number | string
  /** As they were given, by relevance for the first `searchBounds.scored` hits. */
  readonly words?: Readonly<Record<SearchField, string>>
}

/** How often a label occurs among what matches. */
export interface FacetCount {
  readonly label: string
  readonly count: number
}

export interface EngineAnswer {
  readonly hits: readonly EngineHit[]
  /** How many match, counted to the last one. */
  readonly total: number
  /** By count, the largest first, then by the bytes of the label; at most `searchBounds.facetLabels` of each. */
  readonly facets: Readonly<Partial<Record<SearchFacet, readonly FacetCount[]>>>
  /** Documents of the index, in sight or not: whether there is one at all. Nobody who asks is told. */
  readonly documents: number
}

export interface HavingQuery {
  /** Each by itself; at most `searchBounds.clauses`. */
  readonly clauses: readonly Clause[]
  readonly sight: Sight
}

export interface CompletionQuery {
  /** Folded as `beginnings` are; not empty. */
  readonly text: string
  readonly sight: Sight
  readonly limit: number
}

/** A word, and how many letters may differ: one that is left out, added, another, or two that are swapped count 1 each. */
export interface SoughtWord {
  readonly word: string
  readonly edits: 1 | 2
}

export interface SimilarQuery {
  /** Each by itself; at most `searchBounds.clauses`. */
  readonly words: readonly SoughtWord[]
  /** A word that no document in sight has does not exist: it takes no place, and no order goes by it. */
  readonly sight: Sight
}

export interface SimilarWord {
  readonly word: string
  readonly edits: number
}

/** Documents that are gathered beside an index until they take its place. Disposal without `finish` throws them away. */
export interface Rebuilding extends AsyncDisposable {
  /** No id is given twice. */
  add(documents: readonly SearchDocument[]): Promise<void>
  /** From now on the index is these documents, and has followed the log up to `mark`. Queries are answered all the while. */
  finish(mark: Mark): Promise<void>
}

/**
 * An index of artifacts. It is derived: whatever is lost of it is built anew from the store. Every method throws SearchError.
 */
export interface SearchEngine {
  readonly can: {
    /** Other processes have the same index. */
    readonly shared: boolean
    /** The index is there again after it was closed and opened. */
    readonly durable: boolean
  }
  /** How far it has followed the log; undefined: it is to be built. */
  mark(): Promise<Mark | undefined>
  /**
   * All of them, and the new mark with them. Queries that begin after the answer see them. A document that is older than what
   * the index has of its id, or than its removal within the last day, changes nothing. `moved`: the mark is not `from`, somebody
   * else has gone on; what was applied of these is no harm.
   */
  apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'>
  rebuild(): Promise<Rebuilding>
  query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer>
  /** For each clause, how many documents in sight match it, counted up to `searchBounds.havingCounted`. */
  having(query: HavingQuery, signal: AbortSignal): Promise<readonly number[]>
  /** Ids of artifacts in sight of which one of the `beginnings` begins with the text, the largest weight first, then by id. */
  complete(query: CompletionQuery, signal: AbortSignal): Promise<readonly string[]>
  /**
   * For each, words in sight that are that near: of the first `searchBounds.similarSeen` by edits and then by the word itself (as
   * `compareText` has it) at most `searchBounds.similar`, the nearest first, then those that most documents in sight have, counted
   * up to `searchBounds.similarCounted`, then by the word.
   */
  similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]>
  /**
   * Ids and versions of all documents in the order of their ids, to be compared with the store. One that was changed by somebody
   * else has the version `alteredVersion`, where the engine can tell.
   */
  list(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly version: number }[]>
  close(): Promise<void>
}

/** No document of the store has it. */
export const alteredVersion = -1

/** Every engine keeps these; nobody asks for more. */
export const searchBounds: {
  readonly clauses: 32
  readonly alternatives: 64
  readonly filterKeys: 256
  readonly hits: 1000
  readonly scored: 200
  readonly facetLabels: 1000
  readonly havingCounted: 10_000
  readonly similar: 32
  readonly similarSeen: 256
  readonly similarCounted: 100
  readonly changes: 500
} = {
  clauses: 32,
  alternatives: 64,
  filterKeys: 256,
  hits: 1_000,
  scored: 200,
  facetLabels: 1_000,
  havingCounted: 10_000,
  similar: 32,
  similarSeen: 256,
  similarCounted: 100,
  changes: 500,
}

/** Labels that people take for the same: those of one key are one value of their facet. */
export function facetKey(label: string): string {
  return label.normalize('NFKC').toLowerCase()
}

/** Clauses by which hits are estimated, those that make hits first. */
export function estimatedBy({
  clauses,
  further = [],
}: Pick<EngineQuery, 'clauses' | 'further'>): readonly Clause[] {
  return further.length === 0 ? clauses : [...clauses, ...further]
}
