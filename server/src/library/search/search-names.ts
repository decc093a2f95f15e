import {
  type MatchField,
  type SearchFacet,
  type SearchField,
  type SearchSort,
  searchFacets,
  searchSorts,
} from '../../domain/search.ts'
import type { SearchFacetName, SearchFieldName, SearchMatchField, SearchOrder } from './search-types.ts'

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

const matchNames: Readonly<Record<MatchField, SearchMatchField>> = {
  ...fieldNames,
  keywords: 'keywords',
  skills: 'skills',
  capabilities: 'capabilities',
  organization: 'organization',
  author: 'author',
  license: 'license',
  namespace: 'orgId',
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
export const matchNameOf = (field: MatchField): SearchMatchField => matchNames[field]

/** And back. */
export const facetsByName: ReadonlyMap<SearchFacetName, SearchFacet> = new Map(
  searchFacets.map((facet) => [facetNames[facet], facet]),
)
export const sortsByName: ReadonlyMap<SearchOrder, SearchSort> = new Map(
  searchSorts.map((sort) => [orderNames[sort], sort]),
)
