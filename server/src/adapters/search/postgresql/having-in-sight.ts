import { type HavingQuery, searchBounds } from '../../../ports/search/search.ts'
import { Bindings } from './bindings.ts'
import { oneClauseWays } from './clause-sql.ts'
import { tablesOf } from './index-tables.ts'
import { labelsOf, sightSql } from './narrow-sql.ts'
import type { Pointer } from './pointer.ts'
import type { Ask } from './search-pool.ts'

/** For each clause, how many documents in sight match it, no further than they are counted. */
export async function havingInSight(
  ask: Ask,
  { generation, hasLong }: Pointer,
  { clauses, sight }: HavingQuery,
): Promise<readonly number[]> {
  if (clauses.length === 0) return []
  const tables = tablesOf(generation)
  const labels = await labelsOf(ask, tables, { sight })
  const bindings = new Bindings()
  const written = { tables, bindings, hasLong }
  const inSight = sightSql(sight, labels, bindings) ?? 'true'
  const counts = clauses.map((clause) => {
    const ways = oneClauseWays(written, clause).map(
      (way) => `SELECT FROM ${tables.docs} d WHERE ${way} AND ${inSight}`,
    )
    return `(SELECT count(*) FROM (${ways.join(' UNION ALL ')} LIMIT ${searchBounds.havingCounted}) seen)`
  })
  const [row = []] = await ask(`SELECT ${counts.join(', ')}`, bindings.values)
  return row.map(Number)
}
