import type { SearchFacet, Sight, SightClause } from '../../../../domain/search.ts'
import type { SearchFilter } from '../../../../ports/search/search.ts'
import { cutTerm, exactTerm } from './bounded-term.ts'
import { kept } from './index-body.ts'
import { allOf, anyOf, oneOfTerms, type Query } from './queries.ts'

/** Far more than a glob of a name comes to. */
const mostStates = 1_000_000

/** Documents of artifacts, and not the mark. */
export const documentsQuery: Query = { term: { kept: kept.document } }

export function sightQuery(sight: Sight): Query {
  return anyOf(sight.map(sightClauseQuery))
}

function sightClauseQuery(clause: SightClause): Query {
  const { visibilities, namespaces, exceptNamespaces, owners, kinds, names = [] } = clause
  const among = { visibility: visibilities, namespace: namespaces, owner: owners, kind: kinds }
  const filter = [
    ...Object.entries(among).flatMap(([name, values]) =>
      values === undefined ? [] : [seenQuery(name, values)],
    ),
    ...names.map(namesQuery),
  ]
  return exceptNamespaces === undefined || exceptNamespaces.length === 0
    ? allOf(filter)
    : { bool: { filter, must_not: [seenQuery('namespace', exceptNamespaces)] } }
}

const seenQuery = (name: string, values: readonly string[]): Query =>
  oneOfTerms(`seen.${name}`, values.map(exactTerm))

function namesQuery(globs: readonly string[]): Query {
  const isOne = (glob: string): boolean => !glob.includes('*')
  const patterns = globs.filter((glob) => !isOne(glob)).map(globQuery)
  return anyOf([seenQuery('name', globs.filter(isOne)), ...patterns])
}

/** Not by `wildcard`: that refuses what takes many states. Nothing but the escaped has a meaning. */
function globQuery(glob: string): Query {
  const value = glob
    .split('*')
    .map((text) => text.replace(/[^\p{L}\p{N}]/gu, '\\$&'))
    .join('.*')
  return { regexp: { 'seen.name': { value, flags: 'NONE', max_determinized_states: mostStates } } }
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
