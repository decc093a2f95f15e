import type { SearchFacet, Sight, SightClause } from '../../../../domain/search.ts'
import type { SearchFilter } from '../../../../ports/search/search.ts'
import { cutTerm, exactTerm } from './bounded-term.ts'
import { kept } from './index-body.ts'
import { allOf, anyOf, oneOfTerms, type Query } from './queries.ts'

/** Documents of artifacts, and not the mark. */
export const documentsQuery: Query = { term: { kept: kept.document } }

export function sightQuery(sight: Sight): Query {
  return anyOf(sight.map(sightClauseQuery))
}

function sightClauseQuery({ visibilities, namespaces, owners, kinds }: SightClause): Query {
  const said = Object.entries({ visibility: visibilities, namespace: namespaces, owner: owners, kind: kinds })
  return allOf(
    said.flatMap(([name, values]) =>
      values === undefined ? [] : [oneOfTerms(`seen.${name}`, values.map(exactTerm))],
    ),
  )
}

/** What no facet is counted without. */
export function besideQueries({ ranges, platform, deprecated }: SearchFilter): readonly Query[] {
  return [
    ...ranges.map(({ number, from, to }) => ({
      range: {
        [`numbers.${number}`]: {
          ...(from !== undefined && { gte: from }),
          ...(to !== undefined && { lte: to }),
        },
      },
    })),
    ...(platform === undefined ? [] : [anyOf(platform.map(platformQuery))]),
    ...(deprecated === undefined ? [] : [{ term: { deprecated } }]),
  ]
}

function platformQuery({ from = '', below }: { readonly from?: string; readonly below?: string }): Query {
  return {
    range: { platform: { gte: cutTerm(from), ...(below !== undefined && { lt: cutTerm(below) }) } },
  }
}

/** The entries about facets, but for those that a facet is to be counted without. */
export function facetQueries(filter: SearchFilter, but?: SearchFacet): readonly Query[] {
  return filter.facets
    .filter(({ facet }) => facet !== but)
    .map(({ facet, keys }) => oneOfTerms(`keys.${facet}`, keys.map(exactTerm)))
}
