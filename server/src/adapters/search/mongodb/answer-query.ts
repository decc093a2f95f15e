import type { Document } from 'mongodb'
import { wholeSight } from '../../../domain/search.ts'
import { SearchError } from '../../../ports/search/errors.ts'
import type { EngineAnswer, EngineHit, EngineQuery, SearchPlace } from '../../../ports/search/search.ts'
import { type KeptCounts, noCounts } from '../shared/kept-counts.ts'
import { bestHits } from './best-hits.ts'
import { allOf, clausesFilters } from './clause-filter.ts'
import { countMatches } from './count-matches.ts'
import { countUpTo, havingOf } from './frequencies.ts'
import { docsIn, type IndexDocument, isGenerationThere } from './index-collections.ts'
import { besideFilters, facetFilters, sightFilters } from './narrow-filter.ts'
import type { Pointer } from './pointer.ts'
import type { Asking } from './search-connection.ts'
import type { SearchLimits } from './search-options.ts'
import { sortableText, sortedText } from './sortable-text.ts'

export interface Answering {
  readonly limits: SearchLimits
  readonly kept: KeptCounts
}

/** Hits and numbers are counted one after the other: of what changes meanwhile one may have more than the other. */
export async function answerQuery(
  asking: Asking,
  pointer: Pointer,
  { query, limits, kept }: Answering & { readonly query: EngineQuery },
): Promise<EngineAnswer> {
  const { generation } = pointer
  const documents = await documentsOf(asking, pointer, kept)
  const having = await havingOf(asking, generation, { clauses: query.clauses, limits })
  const filters: readonly Document[] = [
    live,
    ...clausesFilters(query, having),
    ...sightFilters(query.sight),
    ...besideFilters(query.filter),
  ]
  const filter = allOf([...filters, ...facetFilters(query.filter)])
  const before = kept.get(pointer, query)
  const counted = query.facets.filter((facet) => !before.facets.has(facet))
  const wantsTotal = before.total === undefined
  const [hits, now] = await Promise.all([
    hitsOf(asking, query, { generation, filter, candidates: limits.candidates }),
    countMatches(asking, { generation, filters, query, facets: counted, wantsTotal }),
  ])
  kept.put(pointer, query, now)
  const facets = new Map([...before.facets, ...now.facets])
  return {
    hits,
    total: before.total ?? now.total ?? 0,
    facets: Object.fromEntries(query.facets.map((facet) => [facet, facets.get(facet) ?? []])),
    documents,
  }
}

/** For what was never built. */
export function emptyAnswer({ facets }: EngineQuery): EngineAnswer {
  return {
    hits: [],
    total: 0,
    facets: Object.fromEntries(facets.map((facet) => [facet, []])),
    documents: 0,
  }
}

const live: Document = { live: 1 }

const everything: EngineQuery = {
  clauses: [],
  atLeast: 0,
  without: [],
  filter: { facets: [], ranges: [] },
  sight: wholeSight,
  names: [],
  sort: 'relevance',
  back: false,
  limit: 0,
  facets: [],
}

/** Throws SearchError `foreign` where collections are gone, which look empty. */
async function documentsOf(asking: Asking, pointer: Pointer, kept: KeptCounts): Promise<number> {
  const known = kept.get(pointer, everything).total
  if (known !== undefined) return known
  const total = await countUpTo(asking, pointer.generation, { query: live })
  if (total === 0 && !(await isGenerationThere(asking, pointer.generation)))
    throw new SearchError('foreign', 'collections of the index are gone: it is to be built anew')
  kept.put(pointer, everything, { ...noCounts, total })
  return total
}

async function hitsOf(
  asking: Asking,
  query: EngineQuery,
  best: Parameters<typeof bestHits>[2],
): Promise<readonly EngineHit[]> {
  const { sort, back, after, limit } = query
  if (limit === 0) return []
  if (sort === 'relevance') return await bestHits(asking, query, best)
  const field = sort === 'name' ? 'nameKey' : `numbers.${sort}`
  const way = back ? -1 : 1
  const from = after === undefined ? [] : [beyond(field, after, back ? '$lt' : '$gt')]
  const found = await docsIn(asking.db, best.generation)
    .find(allOf([best.filter, ...from]), { ...asking.options(), allowDiskUse: true, batchSize: limit + 1 })
    .project<Pick<IndexDocument, '_id' | 'nameKey' | 'numbers'>>({ nameKey: 1, numbers: 1 })
    .sort({ [field]: way, _id: way })
    .limit(limit)
    .toArray()
  return found.map(({ _id, nameKey, numbers }) => ({
    id: sortedText(_id),
    isNamed: false,
    value: sort === 'name' ? sortedText(nameKey) : numbers[sort],
  }))
}

function beyond(field: string, { value, id }: SearchPlace, further: '$gt' | '$lt'): Document {
  const place = typeof value === 'string' ? sortableText(value) : value
  return {
    $or: [{ [field]: { [further]: place } }, { [field]: place, _id: { [further]: sortableText(id) } }],
  }
}
