import { type Alternative, type SearchEngine, searchBounds } from '../../ports/search/search.ts'
import type { WantedClause } from './clauses.ts'

/** How much a word counts that is one letter, or two, from what was typed. */
const nearWeights = [1, 0.6, 0.35] as const

/** The clauses with near spellings of their words; the very same where there is none. */
export async function relaxedClauses(
  engine: SearchEngine,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<readonly WantedClause[]> {
  const asked = clauses.flatMap(({ alternatives, edits }) => {
    const word = mistyped(alternatives)
    return edits === 0 || word === undefined ? [] : [{ word, edits }]
  })
  if (asked.length === 0) return clauses
  const found = await engine.similar(asked, signal)
  const near = new Map(asked.map(({ word }, at) => [word, found[at] ?? []]))
  let isNear = false
  const relaxed = clauses.map((clause): WantedClause => {
    const word = mistyped(clause.alternatives)
    const more = clause.edits === 0 || word === undefined ? [] : (near.get(word) ?? [])
    if (more.length === 0) return clause
    isNear = true
    const added = more.map(
      ({ word: other, edits }): Alternative => ({
        words: [other],
        prefix: false,
        weight: nearWeights[edits] ?? 0.35,
      }),
    )
    return { ...clause, alternatives: [...clause.alternatives, ...added].slice(0, searchBounds.alternatives) }
  })
  return isNear ? relaxed : clauses
}

/** The single word of a clause: what was written in one piece, where it has several. */
function mistyped(alternatives: readonly Alternative[]): string | undefined {
  return alternatives.find(({ words, prefix }) => words.length === 1 && !prefix)?.words[0]
}
