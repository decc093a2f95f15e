import type { Sight, SightClause } from '../../domain/search.ts'

/**
 * What one question names at most. Of more that somebody may find they find less, and never more: each grant of other names and
 * kinds is a clause, so grants of whole namespaces come first.
 */
export const sightBounds: {
  readonly clauses: 200
  /** Globs of all clauses. */
  readonly names: 1_000
  /** Of one clause. */
  readonly namespaces: 20_000
} = { clauses: 200, names: 1_000, namespaces: 20_000 }

export function boundedSight(sight: Sight): Sight {
  const isPart = ({ kinds, names }: SightClause): boolean => kinds !== undefined || names !== undefined
  const inOrder = [...sight.filter((clause) => !isPart(clause)), ...sight.filter(isPart)]
  let names = 0
  return inOrder
    .flatMap((clause): Sight => {
      const globs = (clause.names ?? []).reduce((sum, list) => sum + list.length, 0)
      // What is left out of an exception would be seen.
      if ((clause.exceptNamespaces?.length ?? 0) > sightBounds.namespaces) return []
      if (names + globs > sightBounds.names) return []
      names += globs
      const { namespaces = [] } = clause
      return namespaces.length <= sightBounds.namespaces
        ? [clause]
        : [{ ...clause, namespaces: namespaces.slice(0, sightBounds.namespaces) }]
    })
    .slice(0, sightBounds.clauses)
}
