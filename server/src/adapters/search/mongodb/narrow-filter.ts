import type { Document } from 'mongodb'
import type { SearchFacet, Sight, SightClause } from '../../../domain/search.ts'
import type { SearchFilter } from '../../../ports/search/search.ts'
import { allOf, anyOf, never } from './clause-filter.ts'
import { keyOf } from './index-document.ts'
import { globPattern } from './text-pattern.ts'

/** What is in sight; nothing where everything is. */
export function sightFilters(sight: Sight): readonly Document[] {
  const either = sight.map(clauseFilter)
  return either.some((one) => Object.keys(one).length === 0) ? [] : [anyOf(either)]
}

function clauseFilter(clause: SightClause): Document {
  const { visibilities, namespaces, exceptNamespaces, owners, kinds, names = [] } = clause
  const said: readonly Document[] = [
    ...(visibilities === undefined ? [] : [{ 'seen.visibility': { $in: visibilities } }]),
    ...(namespaces === undefined ? [] : [{ 'seen.namespace': { $in: namespaces } }]),
    ...(exceptNamespaces === undefined ? [] : [{ 'seen.namespace': { $nin: exceptNamespaces } }]),
    ...(owners === undefined ? [] : [{ 'seen.owner': { $in: owners } }]),
    ...(kinds === undefined ? [] : [{ 'seen.kind': { $in: kinds } }]),
    ...names.map((globs) => ({ 'seen.name': { $in: globs.map(globPattern) } })),
  ]
  return allOf(said)
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
