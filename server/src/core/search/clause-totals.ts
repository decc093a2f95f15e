import type { Clause, EngineQuery, SearchEngine } from '../../ports/search/search.ts'

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

/** For each of these clauses, how many artifacts have it that the asker may see; undefined where it is not to be asked. */
export async function clauseTotals<C extends Clause>(
  engine: SearchEngine,
  query: EngineQuery,
  { clauses, isAsked }: { readonly clauses: readonly C[]; readonly isAsked: (clause: C) => boolean },
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const totals: (number | undefined)[] = clauses.map(() => undefined)
  const left = clauses.entries()
  const ask = async (): Promise<void> => {
    for (const [at, clause] of left) {
      if (!isAsked(clause)) continue
      const { total } = await engine.query({ ...query, ...alone, clauses: [clause] }, signal)
      totals[at] = total
    }
  }
  await Promise.all(Array.from({ length: Math.min(asksAtOnce, clauses.length) }, ask))
  return totals
}
