import { type HavingQuery, searchBounds } from '../../../ports/search/search.ts'
import { allOf, clausesFilters } from './clause-filter.ts'
import { countEach, havingOf } from './frequencies.ts'
import { sightFilters } from './narrow-filter.ts'
import type { Asking } from './search-connection.ts'
import type { SearchLimits } from './search-options.ts'

/** For each clause, how many documents in sight match it, no further than they are counted. */
export async function havingInSight(
  asking: Asking,
  generation: string,
  { query: { clauses, sight }, limits }: { readonly query: HavingQuery; readonly limits: SearchLimits },
): Promise<readonly number[]> {
  const having = await havingOf(asking, generation, { clauses, limits })
  const queries = clauses.map((clause) => {
    const matching = clausesFilters({ clauses: [clause], atLeast: 1, without: [] }, having)
    return allOf([{ live: 1 }, ...matching, ...sightFilters(sight)])
  })
  return await countEach(asking, generation, { queries, limit: searchBounds.havingCounted, limits })
}
