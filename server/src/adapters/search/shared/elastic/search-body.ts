import type { SearchFacet } from '../../../../domain/search.ts'
import { mostPopularity, stepsOfUse } from '../../../../domain/search-score.ts'
import { type EngineQuery, estimatedBy, searchBounds } from '../../../../ports/search/search.ts'
import { cutTerm } from './bounded-term.ts'
import { clauseQuery } from './clause-query.ts'
import { scoringQueries } from './clause-score.ts'
import { besideQueries, documentsQuery, facetQueries, sightQuery } from './filter-queries.ts'
import { allOf, type Query } from './queries.ts'

/** What each part of an index tells of a facet, where there are several. */
const labelsOfShard = 5_000

/** The whole of a query as the servers are asked. */
export function searchBody(query: EngineQuery, shards: number): object {
  const { facets, filter, limit } = query
  // What every facet is counted with need not be asked apart.
  const counted = new Set<string>(facets)
  const apart = filter.facets.filter(({ facet }) => counted.has(facet))
  const common = filter.facets.filter(({ facet }) => !counted.has(facet))
  const narrowed = [...matchingQueries(query), ...facetQueries({ ...filter, facets: common })]
  const aside = { ...filter, facets: apart }
  return {
    query: scored(query, narrowed),
    ...(apart.length > 0 && { post_filter: allOf(facetQueries(aside)) }),
    size: Math.min(limit, searchBounds.hits),
    track_total_hits: true,
    _source: sourceOf(query),
    ...orderOf(query),
    ...(facets.length > 0 && {
      aggs: Object.fromEntries(
        facets.map((facet) => [
          facet,
          { filter: allOf(facetQueries(aside, facet)), aggs: { labels: labelCounts(facet, shards) } },
        ]),
      ),
    }),
  }
}

/** The hits with their words, of these ids. */
export function wordsBody(keys: readonly string[]): object {
  return {
    query: { ids: { values: keys } },
    size: keys.length,
    _source: ['stored.words'],
    track_total_hits: false,
  }
}

/** How many a query finds, and nothing else. @param most true: all of them */
export function countBody(query: Query, most: number | true = true): object {
  return { query, size: 0, track_total_hits: most }
}

/** Hits come with their words only as far as these are asked for, and not at once where there are many without. */
export function comeWithWords({ sort, limit }: EngineQuery): boolean {
  return sort === 'relevance' && limit <= searchBounds.scored
}

const sourceOf = (query: EngineQuery): readonly string[] =>
  comeWithWords(query) ? ['stored.id', 'stored.words'] : ['stored.id']

function matchingQueries({ clauses, atLeast, without, filter, sight }: EngineQuery): readonly Query[] {
  const wanted = clauses.map(clauseQuery)
  return [
    documentsQuery,
    sightQuery(sight),
    ...besideQueries(filter),
    ...(atLeast >= wanted.length
      ? wanted
      : atLeast > 0
        ? [{ bool: { should: wanted, minimum_should_match: atLeast } }]
        : []),
    ...(without.length > 0 ? [{ bool: { must_not: without.map(clauseQuery) } }] : []),
  ]
}

/** As `estimateOf` has it. */
function scored(query: EngineQuery, filter: readonly Query[]): Query {
  const { sort, names } = query
  const clauses = estimatedBy(query)
  if (sort !== 'relevance') return allOf(filter)
  const used = (factor: number): object => ({ field_value_factor: { field: 'weight', missing: 0, factor } })
  const popularity =
    clauses.length + names.length === 0
      ? { functions: [used(1)], boost_mode: 'replace' }
      : {
          functions: [{ weight: 1, filter: { match_all: {} } }, used(mostPopularity / stepsOfUse)],
          score_mode: 'sum',
          max_boost: 1 + mostPopularity,
          boost_mode: 'multiply',
        }
  return {
    function_score: {
      query: { bool: { filter, should: scoringQueries(clauses, names), minimum_should_match: 0 } },
      ...popularity,
    },
  }
}

function orderOf({ sort, back, after }: EngineQuery): object {
  if (sort === 'relevance') return { sort: [{ _score: 'desc' }, { id: 'asc' }] }
  const path = sort === 'name' ? 'nameKey' : `numbers.${sort}`
  const order = back ? 'desc' : 'asc'
  const place = after && (typeof after.value === 'string' ? cutTerm(after.value) : after.value)
  return {
    sort: [{ [path]: order }, { id: order }],
    ...(after && { search_after: [place, cutTerm(after.id)] }),
  }
}

function labelCounts(facet: SearchFacet, shards: number): object {
  return {
    terms: {
      field: `labels.${facet}`,
      size: searchBounds.facetLabels,
      ...(shards > 1 && { shard_size: labelsOfShard }),
      order: [{ _count: 'desc' }, { _key: 'asc' }],
    },
  }
}
