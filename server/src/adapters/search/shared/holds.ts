import type { SearchFacet } from '../../../domain/search.ts'
import { facetKey, type SearchDocument, type SearchFilter } from '../../../ports/search/search.ts'

/** What of a document is compared with a filter. */
export type Filtered = Pick<SearchDocument, 'facets' | 'numbers' | 'platform' | 'deprecated'>

/** Whether ranges, platform and deprecation are as wanted: what no facet is counted without. */
export function holdsBeside(document: Filtered, { ranges, platform, deprecated }: SearchFilter): boolean {
  return (
    (deprecated === undefined || document.deprecated === deprecated) &&
    ranges.every(({ number, from = 0, to = Number.MAX_SAFE_INTEGER }) => {
      const value = document.numbers[number]
      return value >= from && value <= to
    }) &&
    (platform === undefined || platform.some((range) => isWithin(document.platform, range)))
  )
}

function isWithin(
  platform: string,
  { from = '', below }: { readonly from?: string; readonly below?: string },
): boolean {
  return platform !== '' && platform >= from && (below === undefined || platform < below)
}

/** Whether all entries of the filter that are about facets hold, but for those of one facet. */
export function holdsFacets(document: Filtered, { facets }: SearchFilter, but?: SearchFacet): boolean {
  return facets.every(
    ({ facet, keys }) =>
      facet === but || document.facets[facet].some((label) => keys.includes(facetKey(label))),
  )
}
