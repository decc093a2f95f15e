import type { SearchRequest } from '../../../server/src/core/search/search-request.ts'
import { Chance } from '../../../server/src/core/seed/chance.ts'
import type { SearchFacet, Sight } from '../../../server/src/domain/search.ts'
import { languages, licenses, owners } from '../corpus/grown-corpus.ts'
import { type Query, readQueries } from '../relevance/queries.ts'
import type { Asking } from '../task.ts'

/** Somebody and what they ask for. */
export interface Asked {
  readonly sight: Sight
  readonly request: SearchRequest
}

/** As many as a page shows. */
export const pageSize = 20
export const countedFacets: readonly SearchFacet[] = ['category', 'topic', 'license']

/**
 * The graded queries, each once, in an order by chance, each by another user, who sees what is public and their own. With facets,
 * three are counted, and half of the queries that do not narrow themselves are narrowed by a license or a language. Of another
 * `turn` it is another order, other users and other narrowings: what an engine keeps of answers is of no use the next time.
 */
export function mixedRequests({ turn, most }: Asking, faceted: boolean): readonly Asked[] {
  const chance = new Chance('mixed', turn)
  return shuffled(readQueries(), chance)
    .slice(0, most)
    .map((query) => ({
      sight: someone(chance),
      request: { text: query.text, limit: pageSize, ...(faceted && facetsOf(query, chance)) },
    }))
}

/** Other texts of the same words, for what has to be warm first. */
export function warmingRequests(asking: Asking, faceted: boolean): readonly Asked[] {
  const asked = mixedRequests(asking, faceted)
  return asked.map(({ sight, request }, at) => {
    const [first = ''] = (request.text ?? '').split(' ')
    const [last = ''] = (asked[asked.length - 1 - at]?.request.text ?? '').split(' ').slice(-1)
    return { sight, request: { ...request, text: `${first} ${last}` } }
  })
}

/** Who is logged in sees what is public, and what they own. */
export function someone(chance: Chance): Sight {
  return [{ visibilities: ['public'] }, { owners: [`user:u${chance.int(owners)}`] }]
}

function facetsOf({ filters }: Query, chance: Chance): Pick<SearchRequest, 'facets' | 'countFacets'> {
  const [isNarrowed, byLicense] = [chance.isTrue(0.5), chance.isTrue(0.5)]
  const drawn = byLicense
    ? { license: [licenses[chance.skewed(licenses.length)] ?? 'MIT'] }
    : { language: [languages[chance.skewed(languages.length)] ?? 'C'] }
  const own = {
    ...(filters?.category !== undefined && { category: [filters.category] }),
    ...(filters?.topics !== undefined && { topic: filters.topics }),
  }
  const facets = filters !== undefined ? own : isNarrowed ? drawn : {}
  return { facets, countFacets: countedFacets }
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  const order = [...items]
  for (let left = order.length; left > 1; left--) {
    const [at, last] = [chance.int(left), left - 1]
    const [one, other] = [order[at], order[last]]
    if (one !== undefined && other !== undefined) [order[at], order[last]] = [other, one]
  }
  return order
}
