import type { EngineQuery } from '../../ports/search/search.ts'
import type { Rated, RatedClause } from './rate.ts'

/** Of clauses of which one is enough: those that make hits, and those by which they are only put in order. */
export type SomeWords = Required<Pick<EngineQuery, 'clauses' | 'further' | 'atLeast'>>

/**
 * The rarest clauses that so many artifacts have together. What has commoner ones alone would stand behind all of these, in
 * numbers that are of use to nobody: half of a registry has `file`. What nobody has makes no hits and orders none. Of those that
 * are too common to be counted the longest are taken for the rarest.
 */
export function someWords({ clauses: rated, having }: Rated, most: number): SomeWords {
  const all = rated.map((clause, at) => ({ clause, artifacts: having[at] ?? 0 }))
  const had = all.filter(({ artifacts }) => artifacts > 0)
  const looked = had.length > 0 ? had : all
  const clauses = looked.map(({ clause }) => clause)
  const rarestFirst = looked.toSorted(
    (one, other) => one.artifacts - other.artifacts || lengthOf(other.clause) - lengthOf(one.clause),
  )
  const chosen = new Set<RatedClause>()
  let together = 0
  for (const { clause, artifacts } of rarestFirst) {
    if (together >= most) break
    chosen.add(clause)
    together += artifacts
  }
  const isChosen = (clause: RatedClause): boolean => chosen.has(clause)
  return {
    clauses: clauses.filter(isChosen),
    further: clauses.filter((clause) => !isChosen(clause)),
    atLeast: 1,
  }
}

const lengthOf = ({ typed = '' }: RatedClause): number => typed.length
