import type { Document } from 'mongodb'
import { compareText } from '../../../domain/compare-text.ts'
import type { SearchFacet } from '../../../domain/search.ts'
import { type EngineQuery, type FacetCount, searchBounds } from '../../../ports/search/search.ts'
import type { KnownCounts } from '../shared/kept-counts.ts'
import { allOf } from './clause-filter.ts'
import { countUpTo } from './frequencies.ts'
import { docsIn } from './index-collections.ts'
import { facetFilters } from './narrow-filter.ts'
import type { Asking } from './search-connection.ts'

export interface Counting {
  readonly generation: string
  /** What holds whichever facet is counted. */
  readonly filters: readonly Document[]
  readonly query: EngineQuery
  readonly facets: readonly SearchFacet[]
  readonly wantsTotal: boolean
}

interface Branches {
  readonly total?: readonly { readonly count: number }[]
  readonly [facet: string]: readonly { readonly _id?: unknown; readonly count: number }[] | undefined
}

/** Every document that matches is looked at once for all numbers. */
export async function countMatches(asking: Asking, counting: Counting): Promise<KnownCounts> {
  const { generation, filters, query, facets, wantsTotal } = counting
  const isCounted = (facet: SearchFacet): boolean => facets.includes(facet)
  if (facets.length === 0) {
    if (!wantsTotal) return { total: undefined, facets: new Map() }
    const held = allOf([...filters, ...facetFilters(query.filter)])
    return { total: await countUpTo(asking, generation, { query: held }), facets: new Map() }
  }
  const always = allOf([...filters, ...facetFilters(query.filter, (facet) => !isCounted(facet))])
  const others = (but?: SearchFacet): readonly Document[] => {
    const held = facetFilters(query.filter, (facet) => isCounted(facet) && facet !== but)
    return held.length === 0 ? [] : [{ $match: allOf(held) }]
  }
  const branches = facets.map((facet) => [facet, [...others(facet), ...labelStages(facet)]] as const)
  const stages = [
    { $match: always },
    { $project: { _id: 0, keys: 1, ...Object.fromEntries(facets.map((facet) => [`labels.${facet}`, 1])) } },
    {
      $facet: {
        ...(wantsTotal && { total: [...others(), { $count: 'count' }] }),
        ...Object.fromEntries(branches),
      },
    },
  ]
  const [found = {}] = await docsIn(asking.db, generation)
    .aggregate<Branches>(stages, { ...asking.options(), allowDiskUse: true })
    .toArray()
  return {
    total: wantsTotal ? (found.total?.[0]?.count ?? 0) : undefined,
    facets: new Map(facets.map((facet) => [facet, inOrder(found[facet] ?? [])])),
  }
}

function labelStages(facet: SearchFacet): readonly Document[] {
  return [
    { $unwind: `$labels.${facet}` },
    { $group: { _id: `$labels.${facet}`, count: { $sum: 1 } } },
    { $sort: { count: -1, _id: 1 } },
    { $limit: searchBounds.facetLabels },
  ]
}

/** By bytes, whichever way a server compares text. */
function inOrder(
  found: readonly { readonly _id?: unknown; readonly count: number }[],
): readonly FacetCount[] {
  return found
    .map(({ _id, count }) => ({ label: String(_id), count }))
    .sort((one, other) => other.count - one.count || compareText(one.label, other.label))
}
