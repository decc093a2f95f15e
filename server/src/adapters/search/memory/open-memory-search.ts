import { compareText } from '../../../domain/compare-text.ts'
import { isInSight } from '../../../domain/in-sight.ts'
import { type SearchFacet, type SearchField, type Sight, searchFields } from '../../../domain/search.ts'
import { clauseScorer, estimateOf, type FieldWords } from '../../../domain/search-score.ts'
import { SearchError } from '../../../ports/search/errors.ts'
import {
  type CompletionQuery,
  type CountChange,
  type EngineAnswer,
  type EngineHit,
  type EngineQuery,
  estimatedBy,
  type HavingQuery,
  type IndexChange,
  type Mark,
  type Rebuilding,
  type SearchDocument,
  type SearchEngine,
  type SimilarQuery,
  type SimilarWord,
  searchBounds,
} from '../../../ports/search/search.ts'
import { holdsBeside, holdsFacets } from '../shared/holds.ts'
import { NearInSight } from '../shared/near-in-sight.ts'
import { WordIndex } from './word-index.ts'

/** Keeps its index in memory, and looks at every match: for small registries and for tests. */
export function openMemorySearch(): SearchEngine {
  return new MemorySearch()
}

class Index {
  readonly documents = new Map<string, SearchDocument>()
  /** Of those that were removed: what is older does not come back. */
  readonly removed = new Map<string, number>()
  readonly words = new WordIndex()

  put(document: SearchDocument): void {
    const { id, version } = document
    if (version < this.#versionOf(id)) return
    this.removed.delete(id)
    this.documents.set(id, document)
    this.words.put(id, textsOf(document))
  }

  count({ id, version, numbers, weight }: CountChange): void {
    const known = this.documents.get(id)
    if (known?.version === version) this.documents.set(id, { ...known, numbers, weight })
  }

  remove(id: string, version: number): void {
    if (version < this.#versionOf(id)) return
    this.documents.delete(id)
    this.words.remove(id)
    this.removed.set(id, version)
  }

  #versionOf(id: string): number {
    return this.documents.get(id)?.version ?? this.removed.get(id) ?? -1
  }
}

class MemorySearch implements SearchEngine {
  readonly can = { shared: false, durable: false }
  #index = new Index()
  #mark: Mark | undefined
  #isClosed = false

  async mark(): Promise<Mark | undefined> {
    this.#requireOpen()
    return this.#mark
  }

  async apply(changes: readonly IndexChange[], from: Mark, to: Mark): Promise<'applied' | 'moved'> {
    this.#requireOpen()
    if (this.#mark !== from) return 'moved'
    for (const change of changes)
      if (change.do === 'put') this.#index.put(change.document)
      else if (change.do === 'count') this.#index.count(change)
      else this.#index.remove(change.id, change.version)
    this.#mark = to
    return 'applied'
  }

  async rebuild(): Promise<Rebuilding> {
    this.#requireOpen()
    const gathered = new Index()
    return {
      add: async (documents) => {
        for (const document of documents) gathered.put(document)
      },
      finish: async (mark) => {
        this.#requireOpen()
        this.#index = gathered
        this.#mark = mark
      },
      [Symbol.asyncDispose]: async () => {},
    }
  }

  async query(query: EngineQuery, signal: AbortSignal): Promise<EngineAnswer> {
    this.#requireOpen()
    signal.throwIfAborted()
    const matching = this.#matching(query).filter((document) => isSeen(document, query.sight))
    const beside = matching.filter((document) => holdsBeside(document, query.filter))
    const hits = beside.filter((document) => holdsFacets(document, query.filter))
    return {
      hits: this.#page(hits, query),
      total: hits.length,
      facets: Object.fromEntries(
        query.facets.map((facet) => [
          facet,
          countLabels(
            beside.filter((document) => holdsFacets(document, query.filter, facet)),
            facet,
          ),
        ]),
      ),
      documents: this.#index.documents.size,
    }
  }

  async having({ clauses, sight }: HavingQuery, signal: AbortSignal): Promise<readonly number[]> {
    this.#requireOpen()
    signal.throwIfAborted()
    const { documents, words } = this.#index
    return clauses.map((clause) => {
      const seen = [...words.matching(clause)].filter((id) => isSeen(documents.get(id), sight))
      return Math.min(seen.length, searchBounds.havingCounted)
    })
  }

  async complete({ text, sight, limit }: CompletionQuery, signal: AbortSignal): Promise<readonly string[]> {
    this.#requireOpen()
    signal.throwIfAborted()
    return [...this.#index.documents.values()]
      .filter((one) => one.beginnings.some((begin) => begin.startsWith(text)) && isSeen(one, sight))
      .sort((one, other) => other.weight - one.weight || compareText(one.id, other.id))
      .slice(0, limit)
      .map(({ id }) => id)
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<readonly (readonly SimilarWord[])[]> {
    this.#requireOpen()
    signal.throwIfAborted()
    const { documents, words } = this.#index
    const known = words.words()
    const near = new NearInSight(
      query,
      query.words.map(() => known),
    )
    const documentsOf = (word: string): number =>
      [...words.having(word)].filter((id) => isSeen(documents.get(id), query.sight)).length
    while (near.wanted().length > 0) near.count(documentsOf)
    return near.answer()
  }

  async list(after: string | undefined, limit: number): Promise<readonly { id: string; version: number }[]> {
    this.#requireOpen()
    return [...this.#index.documents.values()]
      .filter(({ id }) => after === undefined || compareText(id, after) > 0)
      .sort((one, other) => compareText(one.id, other.id))
      .slice(0, limit)
      .map(({ id, version }) => ({ id, version }))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#index = new Index()
  }

  #matching({ clauses, atLeast, without }: EngineQuery): SearchDocument[] {
    const { documents, words } = this.#index
    const sets = clauses.map((clause) => words.matching(clause))
    const excluded = without.map((clause) => words.matching(clause))
    return [...documents.values()].filter(
      ({ id }) =>
        sets.filter((set) => set.has(id)).length >= Math.min(atLeast, sets.length) &&
        !excluded.some((set) => set.has(id)),
    )
  }

  #page(matching: readonly SearchDocument[], query: EngineQuery): readonly EngineHit[] {
    const { sort, back, after, limit, names } = query
    const valueIn = this.#valuesBy(query)
    const hits = matching.map((document): EngineHit => {
      const isNamed = sort === 'relevance' && document.names.some((name) => names.includes(name))
      return { id: document.id, isNamed, value: valueIn(document) }
    })
    const isBack = back && sort !== 'relevance'
    hits.sort((one, other) =>
      sort === 'relevance'
        ? Number(other.isNamed) - Number(one.isNamed) ||
          compareHits(other, one) ||
          compareText(one.id, other.id)
        : (compareHits(one, other) || compareText(one.id, other.id)) * (isBack ? -1 : 1),
    )
    const begun =
      after === undefined
        ? hits
        : hits.filter(
            (hit) => (compareHits(hit, after) || compareText(hit.id, after.id)) * (isBack ? -1 : 1) > 0,
          )
    const page = begun.slice(0, limit)
    if (sort !== 'relevance') return page
    return page.map((hit, at) => {
      const words = at < searchBounds.scored ? this.#index.documents.get(hit.id)?.words : undefined
      return { ...hit, ...(words !== undefined && { words }) }
    })
  }

  #valuesBy(query: EngineQuery): (document: SearchDocument) => number | string {
    const { sort } = query
    if (sort === 'name') return ({ nameKey }) => nameKey
    if (sort !== 'relevance') return ({ numbers }) => numbers[sort]
    const scoresOf = clauseScorer(estimatedBy(query))
    return ({ id, weight }) => {
      const texts = this.#index.words.textsOf(id)
      const said = texts === undefined ? 0 : scoresOf(texts).reduce((sum, { score }) => sum + score, 0)
      return estimateOf(said, weight)
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new SearchError('closed', 'the search engine was closed')
  }
}

function isSeen(document: SearchDocument | undefined, sight: Sight): boolean {
  if (document === undefined) return false
  const { visibility, owner, facets, home } = document
  return isInSight(sight, { ...home, visibility, owner, namespace: facets.namespace[0] ?? '' })
}

function compareHits(one: Pick<EngineHit, 'value'>, other: Pick<EngineHit, 'value'>): number {
  if (typeof one.value === 'number' && typeof other.value === 'number') return one.value - other.value
  return compareText(String(one.value), String(other.value))
}

function countLabels(
  documents: readonly SearchDocument[],
  facet: SearchFacet,
): { label: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { facets } of documents)
    for (const label of facets[facet]) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((one, other) => other.count - one.count || compareText(one.label, other.label))
    .slice(0, searchBounds.facetLabels)
}

function textsOf({ words }: SearchDocument): FieldWords {
  const split = (field: SearchField): readonly string[] =>
    words[field] === '' ? [] : words[field].split(' ')
  return Object.fromEntries(searchFields.map((field) => [field, split(field)])) as Record<
    SearchField,
    readonly string[]
  >
}
