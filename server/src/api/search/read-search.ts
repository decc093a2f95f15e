import type { SearchRequest } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { type SearchFacet, type SearchNumber, type SearchSort, searchFacets } from '../../domain/search.ts'
import { StrictParameters } from '../../http/strict-parameters.ts'

/** What somebody asks, and by which page where they count pages. */
export interface AskedSearch {
  readonly request: SearchRequest
  readonly page?: { readonly page: number; readonly pageSize: number }
}

export interface AskedSuggestions {
  readonly text: string
  readonly limit: number
}

const usualHits = 20
const mostHits = 100
const mostFacetValues = 1_000
const usualSuggestions = 10
/** Of one parameter. */
const mostValues = 64
const mostCount = 1e15 - 1
/** So far pages are counted; beyond, `after` goes on. */
export const reachedByPages = 1_000

/** As requests name them. */
export const sortNames = ['relevance', 'downloads', 'stars', 'updated', 'created', 'name'] as const
const sortOf: Readonly<Record<(typeof sortNames)[number], SearchSort>> = {
  relevance: 'relevance',
  downloads: 'downloads',
  stars: 'stars',
  updated: 'updatedAt',
  created: 'createdAt',
  name: 'name',
}
const flags = ['deprecated', 'explain', 'boosts', 'asTyped'] as const
const ranges = ['minDownloads', 'minStars', 'createdFrom', 'createdTo', 'updatedFrom', 'updatedTo'] as const
const paging = ['limit', 'after', 'page', 'pageSize'] as const
/** Of a search. */
export const searchParameters: readonly string[] = [
  ...['q', 'platform', 'sort', 'order', 'facets', 'facetLimit'],
  ...searchFacets,
  ...flags,
  ...ranges,
  ...paging,
]

/** @throws RegistryError `parameter-invalid`, which names the parameter */
export function readSearch(parameters: URLSearchParams): AskedSearch {
  const given = new StrictParameters(parameters, searchParameters)
  const page = pageOf(given)
  const limit = page?.pageSize ?? given.whole('limit', 0, mostHits) ?? usualHits
  const [text, platform, after] = [given.text('q'), given.text('platform'), given.text('after')]
  const facetLimit = given.whole('facetLimit', 1, mostFacetValues)
  const [deprecated, explain, boosts, asTyped] = flags.map((name) => given.flag(name))
  const request = {
    limit,
    facets: facetsOf(given),
    ranges: rangesOf(given),
    countFacets: countedOf(given),
    ...orderOf(given),
    ...(text !== undefined && { text }),
    ...(platform !== undefined && { platform }),
    ...(deprecated !== undefined && { deprecated }),
    ...(explain !== undefined && { explain }),
    ...(boosts !== undefined && { boosts }),
    ...(asTyped !== undefined && { asTyped }),
    ...(facetLimit !== undefined && { facetLimit }),
    ...(after !== undefined && { after }),
    ...(page !== undefined && { offset: (page.page - 1) * page.pageSize }),
  }
  return { request, ...(page !== undefined && { page }) }
}

/** @throws RegistryError `parameter-invalid`, which names the parameter */
export function readSuggestions(parameters: URLSearchParams): AskedSuggestions {
  const given = new StrictParameters(parameters, ['q', 'limit'])
  return { text: given.text('q') ?? '', limit: given.whole('limit', 1, mostHits) ?? usualSuggestions }
}

function pageOf(given: StrictParameters): AskedSearch['page'] {
  if (!given.has('page') && !given.has('pageSize')) return undefined
  for (const name of ['limit', 'after'])
    if (given.has(name)) throw invalid(name, 'it does not go together with page and pageSize')
  const pageSize = given.whole('pageSize', 1, mostHits) ?? usualHits
  const page = given.whole('page', 1, mostCount) ?? 1
  if (page * pageSize <= reachedByPages) return { page, pageSize }
  const reached = `pages reach the first ${reachedByPages} hits`
  throw invalid(
    'page',
    `${reached}; go on by after, which next of each answer is for, sorted by name or a number`,
  )
}

function facetsOf(given: StrictParameters): Partial<Record<SearchFacet, readonly string[]>> {
  const values = searchFacets.map((facet) => [facet, given.texts(facet, mostValues)] as const)
  return Object.fromEntries(values.filter(([, texts]) => texts.length > 0))
}

function rangesOf(given: StrictParameters): NonNullable<SearchRequest['ranges']> {
  const least = (number: SearchNumber, from?: number): readonly AskedRange[] =>
    from === undefined ? [] : [{ number, from }]
  return [
    ...least('downloads', given.whole('minDownloads', 0, mostCount)),
    ...least('stars', given.whole('minStars', 0, mostCount)),
    ...timesOf(given, 'createdAt', ['createdFrom', 'createdTo']),
    ...timesOf(given, 'updatedAt', ['updatedFrom', 'updatedTo']),
  ]
}

type AskedRange = NonNullable<SearchRequest['ranges']>[number]

function timesOf(
  given: StrictParameters,
  number: SearchNumber,
  [first, last]: readonly [first: string, last: string],
): readonly AskedRange[] {
  const [from, to] = [given.time(first, 'first'), given.time(last, 'last')]
  if (from === undefined && to === undefined) return []
  if (from !== undefined && to !== undefined && from > to)
    throw invalid(first, `it is after ${last}, so that nothing is between them`)
  return [{ number, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]
}

function countedOf(given: StrictParameters): readonly SearchFacet[] {
  if (given.text('facets') === 'all') return searchFacets
  return [...new Set(given.someOf('facets', searchFacets))]
}

/** Numbers and times begin with the largest, names with the first of the alphabet. */
function orderOf(given: StrictParameters): { readonly sort: SearchSort; readonly back: boolean } {
  const sort = given.oneOf('sort', sortNames) ?? 'relevance'
  const order = given.oneOf('order', ['asc', 'desc'])
  if (sort === 'relevance' && order !== undefined)
    throw invalid('order', 'what fits best comes first; it goes with another sort')
  return {
    sort: sortOf[sort],
    back: sort !== 'relevance' && (order ?? (sort === 'name' ? 'asc' : 'desc')) === 'desc',
  }
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
