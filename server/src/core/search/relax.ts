import {
  type Alternative,
  type EngineQuery,
  type SearchEngine,
  searchBounds,
} from '../../ports/search/search.ts'
import type { WantedClause } from './clauses.ts'
import { nearAlternatives } from './near-alternatives.ts'

/** How much a word counts that only begins so. */
const begunWeight = 0.5
/** Too many words begin with less. */
const fewestLetters = 3
/** Of one search, where all who search share what an engine does at a time. */
const asksAtOnce = 4
/** What is asked of a clause by itself. */
const alone = {
  filter: { facets: [], ranges: [] },
  atLeast: 1,
  without: [],
  names: [],
  facets: [],
  limit: 0,
} as const

/**
 * The clauses, those of which the asker can see nothing with near spellings of their words and with words that begin so. The very
 * same where that adds nothing. What is out of sight is asked for as little as if it were not there.
 */
export async function relaxedClauses(
  engine: SearchEngine,
  query: EngineQuery,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<readonly WantedClause[]> {
  const unseen = await unseenOf(engine, query, clauses, signal)
  const mistyped = clauses.filter((clause, at) => unseen[at] === true && clause.edits > 0)
  const near = await nearAlternatives(engine, mistyped, signal)
  let isMore = false
  const relaxed = clauses.map((clause, at): WantedClause => {
    if (unseen[at] !== true) return clause
    const added = near.get(clause) ?? []
    const begun = begunBy(clause)
    if (added.length === 0 && begun.length === 0) return clause
    isMore = true
    return {
      ...clause,
      alternatives: [...clause.alternatives, ...begun, ...added].slice(0, searchBounds.alternatives),
    }
  })
  return isMore ? relaxed : clauses
}

/** For each clause whether the asker can see nothing that has its word. */
async function unseenOf(
  engine: SearchEngine,
  query: EngineQuery,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const unseen = clauses.map(() => false)
  const left = clauses.entries()
  const look = async (): Promise<void> => {
    for (const [at, clause] of left) {
      if (clause.typed === undefined || wordOf(clause) === undefined) continue
      const { total } = await engine.query({ ...query, ...alone, clauses: [clause] }, signal)
      unseen[at] = total === 0
    }
  }
  await Promise.all(Array.from({ length: Math.min(asksAtOnce, clauses.length) }, look))
  return unseen
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
