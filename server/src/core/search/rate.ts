import { rarityOf } from '../../domain/search-score.ts'
import type { EngineQuery, SearchEngine } from '../../ports/search/search.ts'
import { clauseTotals } from './clause-totals.ts'
import type { WantedClause } from './clauses.ts'
import type { Relaxation } from './relax.ts'

/** A clause with its rarity. */
export interface RatedClause extends WantedClause {
  readonly rarity: number
}

export interface Rated {
  readonly clauses: readonly RatedClause[]
  /** How many artifacts in sight have each, no further than an engine counts. */
  readonly having: readonly number[]
}

/**
 * The clauses with their rarities. They matter where one clause is enough for a hit: what has them all has the common ones and
 * the rare ones alike. What was counted before is not counted again. Counted is what the asker may see, and nothing else: a
 * score tells nobody of anything that is hidden.
 */
export async function ratedClauses(
  engine: SearchEngine,
  query: EngineQuery,
  { clauses, known }: Relaxation,
  signal: AbortSignal,
): Promise<Rated> {
  const isAsked = (clause: WantedClause): boolean => !known.has(clause)
  const asked = await clauseTotals(engine, query, { clauses, isAsked }, signal)
  const having = clauses.map((clause, at) => asked[at] ?? known.get(clause) ?? 0)
  const commonest = Math.max(0, ...having)
  return {
    clauses: clauses.map((clause, at) => ({ ...clause, rarity: rarityOf(having[at] ?? 0, commonest) })),
    having,
  }
}
