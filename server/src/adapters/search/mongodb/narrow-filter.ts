import type { Document } from 'mongodb'
import type { SearchFacet, Sight, SightClause } from '../../../domain/search.ts'
import type { SearchFilter } from '../../../ports/search/search.ts'
import { anyOf, never } from './clause-filter.ts'
import { keyOf } from './index-document.ts'

/** What is in sight; nothing where everything is. */
export function sightFilters(sight: Sight): readonly Document[] {
  const either = sight.map(clauseFilter)
  return either.some((one) => Object.keys(one).length === 0) ? [] : [anyOf(either)]
}

function clauseFilter({ visibilities, namespaces, owners, kinds }: SightClause): Document {
  return {
    ...(visibilities && { 'seen.visibility': { $in: visibilities } }),
    ...(namespaces && { 'seen.namespace': { $in: namespaces } }),
    ...(owners && { 'seen.owner': { $in: owners } }),
    ...(kinds && { 'seen.kind': { $in: kinds } }),
  }
}

/** Ranges, platform and deprecation: what no facet is counted without. */
export function besideFilters({ ranges, platform, deprecated }: SearchFilter): readonly Document[] {
  return [
    ...(deprecated === undefined ? [] : [{ deprecated }]),
    ...ranges.map(({ number, from = 0, to = Number.MAX_SAFE_INTEGER }) => ({
      [`numbers.${number}`]: { $gte: from, $lte: to },
    })),
    ...(platform === undefined ? [] : [platformFilter(platform)]),
  ]
}

function platformFilter(platform: NonNullable<SearchFilter['platform']>): Document {
  if (platform.length === 0) return never
  return anyOf(
    platform.map(({ from = '', below }) => ({
      platform: { $gt: '', $gte: from, ...(below !== undefined && { $lt: below }) },
    })),
  )
}

/** One filter for each entry about a facet. */
export function facetFilters(
  { facets }: SearchFilter,
  wanted: (facet: SearchFacet) => boolean = () => true,
): readonly Document[] {
  return facets
    .filter(({ facet }) => wanted(facet))
    .map(({ facet, keys }) => ({ keys: { $in: keys.map((key) => keyOf(facet, key)) } }))
}
