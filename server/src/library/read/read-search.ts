import { createHash } from 'node:crypto'
import { types } from 'node:util'
import type { SearchRequest } from '../../boot/compose/searching.ts'
import type { Limits } from '../../core/ledger/limits.ts'
import { visibilities } from '../../domain/artifact.ts'
import { type SearchFacet, type SearchNumber, type Sight, searchFacets } from '../../domain/search.ts'
import { numberIn } from '../find-flat-query.ts'
import { namespaceIn } from '../flat-given.ts'
import { facetsByName, sortsByName } from '../search/search-names.ts'
import { entriesOf, flagIn, invalid, looking, membersOf, oneOf, textIn } from './given.ts'
import { longestCursor } from './page-cursor.ts'

const labelled = [
  'type',
  'tags',
  'skills',
  'capabilities',
  'category',
  'language',
  'license',
  'author',
  'organization',
] as const
const names = [
  'query',
  ...labelled,
  'orgId',
  'ownerId',
  'platform',
  'minDownloads',
  'minStars',
  'createdAfter',
  'createdBefore',
  'updatedAfter',
  'updatedBefore',
  'deprecated',
  'visibility',
  'sort',
  'order',
  'limit',
  'page',
  'pageSize',
  'after',
  'explain',
] as const
const pageNames = ['facets', 'facetLimit'] as const
type Given = { readonly [Name in (typeof names)[number] | (typeof pageNames)[number]]?: unknown }

const usualSize = 20
const usualFacetLimit = 20

/** What was asked for, in the core's words. */
export interface ReadSearch {
  readonly request: SearchRequest
  readonly sight: Sight
  readonly page: number | undefined
  /** Of the sight: before every `next`, so that no page goes on with another. */
  readonly mark: string
}

/** What `search` was given. @throws ValidationError */
export function readSearch(given: unknown, limits: Limits): ReadSearch {
  return searchOf(given === undefined ? {} : membersOf(given, { field: '', as: 'query' }, names), limits)
}

/** What `searchPage` was given. @throws ValidationError */
export function readSearchPage(given: unknown, limits: Limits): ReadSearch {
  const all = [...names, ...pageNames]
  const fields = given === undefined ? {} : membersOf(given, { field: '', as: 'query' }, all)
  const { facets, facetLimit } = fields
  const read = searchOf(fields, limits)
  return {
    ...read,
    request: {
      ...read.request,
      countFacets: facets === undefined ? searchFacets : countedIn(facets),
      facetLimit:
        facetLimit === undefined
          ? Math.min(usualFacetLimit, limits.pageSize)
          : numberIn(facetLimit, 'facetLimit', { least: 1, most: limits.pageSize }),
    },
  }
}

function searchOf(given: Given, limits: Limits): ReadSearch {
  const { query, platform, deprecated, explain } = given
  const sight = sightIn(given, limits)
  const mark = createHash('sha256').update(JSON.stringify(sight)).digest('base64url').slice(0, 8)
  return {
    request: {
      ...(query !== undefined && { text: textIn(query, 'query', limits.textLength) }),
      facets: facetsIn(given, limits),
      ranges: [
        ...rangeIn(given, 'minDownloads', 'downloads'),
        ...rangeIn(given, 'minStars', 'stars'),
        ...timesIn(given, 'createdAfter', 'createdBefore', 'createdAt'),
        ...timesIn(given, 'updatedAfter', 'updatedBefore', 'updatedAt'),
      ],
      ...(platform !== undefined && { platform: textIn(platform, 'platform', limits.titleLength) }),
      ...(deprecated !== undefined && { deprecated: flagIn(deprecated, 'deprecated') }),
      ...(explain !== undefined && { explain: flagIn(explain, 'explain') }),
      ...sortIn(given),
      ...placeIn(given, mark, limits),
    },
    sight,
    page: given.after === undefined ? ((given.page as number | undefined) ?? 1) : undefined,
    mark,
  }
}

function facetsIn(given: Given, limits: Limits): NonNullable<SearchRequest['facets']> {
  const facets: Partial<Record<SearchFacet, readonly string[]>> = {}
  for (const name of labelled) {
    const labels = textsIn(given[name], name, limits).map((label) => label.trim())
    const facet = facetsByName.get(name)
    if (facet !== undefined && labels.length > 0) facets[facet] = labels
  }
  if (given.orgId !== undefined) {
    const owners = textsIn(given.orgId, 'orgId', limits).map((orgId) => namespaceIn(orgId, limits))
    if (owners.length > 0) facets.namespace = owners
  }
  return facets
}

/** What is no facet of the engines, or one of which they take for the same what is another here. */
function sightIn({ ownerId, visibility }: Given, limits: Limits): Sight {
  const owners = textsIn(ownerId, 'ownerId', limits)
  const seen = textsIn(visibility, 'visibility', limits)
  return [
    {
      ...(owners.length > 0 && { owners }),
      ...(seen.length > 0 && { visibilities: seen.map((one) => oneOf(one, 'visibility', visibilities)) }),
    },
  ]
}

/** One, or any of many. */
function textsIn(value: unknown, name: string, { titleLength, termsPerArtifact }: Limits): readonly string[] {
  if (value === undefined) return []
  if (typeof value === 'string') return [textIn(value, name, titleLength)]
  return entriesOf(value, name, termsPerArtifact, 'limits.termsPerArtifact').map((one, at) =>
    textIn(one, `${name}[${at}]`, titleLength),
  )
}

function rangeIn(
  given: Given,
  name: 'minDownloads' | 'minStars',
  number: SearchNumber,
): NonNullable<SearchRequest['ranges']> {
  const least = given[name]
  if (least === undefined) return []
  return [{ number, from: numberIn(least, name, { least: 0, most: Number.MAX_SAFE_INTEGER }) }]
}

function timesIn(
  given: Given,
  after: 'createdAfter' | 'updatedAfter',
  before: 'createdBefore' | 'updatedBefore',
  number: SearchNumber,
): NonNullable<SearchRequest['ranges']> {
  const from = given[after] === undefined ? undefined : timeIn(given[after], after)
  const end = given[before] === undefined ? undefined : timeIn(given[before], before)
  if (from === undefined && end === undefined) return []
  if (from !== undefined && end !== undefined && from >= end)
    throw invalid(after, `it is not before ${before}, so that nothing is between them`)
  return [{ number, ...(from !== undefined && { from }), ...(end !== undefined && { to: end - 1 }) }]
}

/** ms since 1970. */
function timeIn(value: unknown, field: string): number {
  if (!types.isDate(value)) throw invalid(field, 'it is no Date')
  const time = looking(field, () => Date.prototype.getTime.call(value))
  if (Number.isNaN(time)) throw invalid(field, 'it is an invalid Date')
  return time
}

function sortIn({ sort, order }: Given): Pick<SearchRequest, 'sort' | 'back'> {
  const by = sort === undefined ? 'relevance' : oneOf(sort, 'sort', [...sortsByName.keys()])
  const way = order === undefined ? undefined : oneOf(order, 'order', ['asc', 'desc'])
  if (by === 'relevance') {
    if (way === 'asc') throw invalid('order', 'by relevance the best come first')
    return { sort: 'relevance' }
  }
  return {
    sort: sortsByName.get(by) ?? 'relevance',
    back: way === undefined ? by !== 'name' : way === 'desc',
  }
}

function placeIn(
  { limit, page, pageSize, after }: Given,
  mark: string,
  limits: Limits,
): Pick<SearchRequest, 'limit' | 'offset' | 'after'> {
  if (limit !== undefined && pageSize !== undefined)
    throw invalid('pageSize', 'limit says the same: give one of them')
  const sized = { least: 1, most: limits.pageSize }
  const size =
    limit === undefined && pageSize === undefined
      ? Math.min(usualSize, limits.pageSize)
      : numberIn(limit ?? pageSize, limit === undefined ? 'pageSize' : 'limit', sized)
  if (after === undefined) {
    const number =
      page === undefined ? 1 : numberIn(page, 'page', { least: 1, most: Math.floor(2 ** 50 / size) })
    return { limit: size, ...(number > 1 && { offset: (number - 1) * size }) }
  }
  if (page !== undefined) throw invalid('page', 'a page begins at a number or after a page, not both')
  const text = textIn(after, 'after', longestCursor(limits))
  if (!text.startsWith(mark))
    throw invalid('after', 'it is not what an earlier page of this question gave as next')
  return { limit: size, after: text.slice(mark.length) }
}

function countedIn(given: unknown): readonly SearchFacet[] {
  const all = [...facetsByName.keys()]
  const counted = entriesOf(given, 'facets', all.length, 'facets that there are').map((one, at) =>
    oneOf(one, `facets[${at}]`, all),
  )
  return [...new Set(counted)].flatMap((name) => facetsByName.get(name) ?? [])
}
