import {
  type Alternative,
  type EngineQuery,
  type SearchEngine,
  searchBounds,
} from '../../ports/search/search.ts'
import { clauseTotals } from './clause-totals.ts'
import type { WantedClause } from './clauses.ts'
import { nearAlternatives } from './near-alternatives.ts'

/** How much a word counts that only begins so. */
const begunWeight = 0.5
/** Too many words begin with less. */
const fewestLetters = 3

export interface Relaxation {
  readonly clauses: readonly WantedClause[]
  /** How many artifacts in sight have one of these clauses, of those that were counted and stayed as they are. */
  readonly known: ReadonlyMap<WantedClause, number>
}

/**
 * The clauses, those of which the asker can see nothing with near spellings of their words and with words that begin so. The very
 * same where that adds nothing. What is out of sight is asked for as little as if it were not there.
 */
export async function relaxedClauses(
  engine: SearchEngine,
  query: EngineQuery,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<Relaxation> {
  const isAsked = (clause: WantedClause): boolean =>
    clause.typed !== undefined && wordOf(clause) !== undefined
  const totals = await clauseTotals(engine, query, { clauses, isAsked }, signal)
  const mistyped = clauses.filter((clause, at) => totals[at] === 0 && clause.edits > 0)
  const known = new Map(clauses.flatMap((clause, at) => (totals[at] ? [[clause, totals[at]]] : [])))
  const near = await nearAlternatives(engine, query.sight, mistyped, signal)
  let isMore = false
  const relaxed = clauses.map((clause, at): WantedClause => {
    if (totals[at] !== 0) return clause
    const added = near.get(clause) ?? []
    const begun = begunBy(clause)
    if (added.length === 0 && begun.length === 0) return clause
    isMore = true
    return {
      ...clause,
      alternatives: [...clause.alternatives, ...begun, ...added].slice(0, searchBounds.alternatives),
    }
  })
  return { clauses: isMore ? relaxed : clauses, known }
}

/** The single word of a clause: what was written in one piece, where it has several. */
function wordOf({ alternatives }: WantedClause): string | undefined {
  return alternatives.find(({ words, prefix }) => words.length === 1 && !prefix)?.words[0]
}

function begunBy({ alternatives }: WantedClause): readonly Alternative[] {
  return alternatives
    .filter(({ prefix, words }) => !prefix && [...(words.at(-1) ?? '')].length >= fewestLetters)
    .map(({ words }) => ({ words, prefix: true, weight: begunWeight }))
}
