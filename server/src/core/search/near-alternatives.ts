import type { Sight } from '../../domain/search.ts'
import { type Alternative, type SearchEngine, searchBounds } from '../../ports/search/search.ts'
import type { WantedClause } from './clauses.ts'
import { respell, type Spelling } from './text/respell.ts'

/** How much a word counts that is one letter, or two, from what was typed. */
const nearWeights = [1, 0.6, 0.35] as const

/** Ways to spell the words of these clauses that somebody sees, the nearest first. */
export async function nearAlternatives(
  engine: SearchEngine,
  sight: Sight,
  clauses: readonly WantedClause[],
  signal: AbortSignal,
): Promise<ReadonlyMap<WantedClause, readonly Alternative[]>> {
  const spellings = spellingsOf(clauses)
  const asked = spellings.flatMap((one) => (one.edits === 0 ? [] : [{ ...one, edits: one.edits }]))
  const found =
    asked.length === 0
      ? []
      : await engine.similar({ words: asked.map(({ word, edits }) => ({ word, edits })), sight }, signal)
  const near = new Map<WantedClause, Map<string, number>>()
  const add = (clause: WantedClause, word: string, slips: number): void => {
    const words = near.get(clause) ?? new Map<string, number>()
    near.set(clause, words.set(word, Math.min(slips, words.get(word) ?? slips)))
  }
  for (const { clause, word, slips } of spellings) if (slips > 0) add(clause, word, slips)
  for (const [at, { clause, slips }] of asked.entries())
    for (const { word, edits } of found[at] ?? []) add(clause, word, slips + edits)
  return new Map(
    [...near].map(([clause, words]) => [
      clause,
      [...words]
        .sort(([, one], [, other]) => one - other)
        .map(([word, slips]) => ({ words: [word], prefix: false, weight: nearWeights[slips] ?? 0.35 })),
    ]),
  )
}

interface AskedSpelling extends Spelling {
  readonly clause: WantedClause
}

/** Each word as it is; then other spellings, of the first words where there are many: no more than a text may have words. */
function spellingsOf(clauses: readonly WantedClause[]): readonly AskedSpelling[] {
  const each = clauses.map((clause) =>
    respell(clause.typed ?? '', clause.edits === 2 ? 2 : 1).map((one) => ({ ...one, clause })),
  )
  const [first, more] = [each.flatMap(([one]) => one ?? []), each.flatMap(([, ...rest]) => rest)]
  return [...first, ...more].slice(0, searchBounds.clauses)
}
