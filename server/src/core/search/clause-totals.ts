import type { Clause, EngineQuery, SearchEngine } from '../../ports/search/search.ts'

/** For each of these clauses, how many artifacts have it that the asker may see; undefined where it is not to be asked. */
export async function clauseTotals<C extends Clause>(
  engine: SearchEngine,
  { sight }: Pick<EngineQuery, 'sight'>,
  { clauses, isAsked }: { readonly clauses: readonly C[]; readonly isAsked: (clause: C) => boolean },
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const asked = clauses.filter(isAsked)
  const totals = asked.length === 0 ? [] : await engine.having({ clauses: asked, sight }, signal)
  const known = new Map(asked.map((clause, at) => [clause, totals[at] ?? 0]))
  return clauses.map((clause) => known.get(clause))
}
