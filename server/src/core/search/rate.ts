import { rarityOf } from '../../domain/search-score.ts'
import type { EngineQuery, SearchEngine } from '../../ports/search/search.ts'
import { clauseTotals } from './clause-totals.ts'
import type { WantedClause } from './clauses.ts'

/**
 * The clauses with their rarities. They matter where one clause is enough for a hit: what has them all has the common ones and
 * the rare ones alike. Counted is what the asker may see, and nothing else: a score tells nobody of anything that is hidden.
 */
export async function ratedClauses(
  engine: SearchEngine,
  query: EngineQuery,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<readonly WantedClause[]> {
  const totals = await clauseTotals(engine, query, { clauses, isAsked: () => true }, signal)
  const commonest = Math.max(0, ...totals.map((total = 0) => total))
  return clauses.map((clause, at) => ({ ...clause, rarity: rarityOf(totals[at] ?? 0, commonest) }))
}
