import { type HavingQuery, searchBounds } from '../../../ports/search/search.ts'
import { allOf, clausesFilters } from './clause-filter.ts'
import { countUpTo, havingOf } from './frequencies.ts'
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
  const counts: number[] = clauses.map(() => 0)
  const left = clauses.entries()
  const count = async (): Promise<void> => {
    for (const [at, clause] of left) {
      const matching = clausesFilters({ clauses: [clause], atLeast: 1, without: [] }, having)
      const query = allOf([{ live: 1 }, ...matching, ...sightFilters(sight)])
      counts[at] = await countUpTo(asking, generation, { query, limit: searchBounds.havingCounted })
    }
  }
  await Promise.all(Array.from({ length: Math.min(limits.countsAtOnce, clauses.length) }, count))
  return counts
}
