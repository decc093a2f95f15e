import {
  type SearchFacet,
  type SearchField,
  type SearchSort,
  searchFacets,
  searchSorts,
} from '../../domain/search.ts'
import type { SearchFacetName, SearchFieldName, SearchOrder } from './search-types.ts'

const facetNames: Readonly<Record<SearchFacet, SearchFacetName>> = {
  kind: 'type',
  namespace: 'orgId',
  topic: 'tags',
  skill: 'skills',
  capability: 'capabilities',
  category: 'category',
  language: 'language',
  license: 'license',
  author: 'author',
  organization: 'organization',
  publisher: 'ownerId',
}

const fieldNames: Readonly<Record<SearchField, SearchFieldName>> = {
  name: 'slug',
  title: 'name',
  description: 'description',
  topics: 'tags',
  source: 'sourceCode',
}

const orderNames: Readonly<Record<SearchSort, SearchOrder>> = {
  relevance: 'relevance',
  downloads: 'downloads',
  stars: 'stars',
  updatedAt: 'updated',
  createdAt: 'created',
  name: 'name',
}

/** What the core's words are in those of the flat shape. */
export const facetNameOf = (facet: SearchFacet): SearchFacetName => facetNames[facet]
export const fieldNameOf = (field: SearchField): SearchFieldName => fieldNames[field]

/** And back. */
export const facetsByName: ReadonlyMap<SearchFacetName, SearchFacet> = new Map(
  searchFacets.map((facet) => [facetNames[facet], facet]),
)
export const sortsByName: ReadonlyMap<SearchOrder, SearchSort> = new Map(
  searchSorts.map((sort) => [orderNames[sort], sort]),
)
