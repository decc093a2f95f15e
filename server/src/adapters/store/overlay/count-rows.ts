import type { Store } from '../../../ports/store/store.ts'
import type { Value } from '../../../ports/store/table.ts'
import { checkedCount } from '../shared/checked-query.ts'
import { rowsOf } from './base-facts.ts'
import { beginsWith, type OverlayTable } from './overlay-table.ts'

/**
 * What the base counts, but for the rows that the transaction has its own view of, and what it sees of those. Throws
 * StoreError, `permanent` for a query that does not fit.
 */
export async function countRows(
  base: Store,
  table: OverlayTable,
  query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
): Promise<number> {
  const { order, eq, upTo } = checkedCount(table.declared, query)
  const { from, to } = table.index(query.index).placesOf(eq)
  const own = to - from
  const keys = Array.from(table.entries(), ({ key }) => key)
  // As the base has them now: it may have changed them since the transaction came to know them.
  const most = Math.min(upTo + keys.length, Number.MAX_SAFE_INTEGER)
  const [all, known] = await Promise.all([
    base.count(table.table, { index: query.index, eq, upTo: most }),
    rowsOf(base, table, keys),
  ])
  const hidden = known.filter((row) => row !== undefined && beginsWith(order, eq, row)).length
  return Math.min(upTo, own + Math.max(0, all - hidden))
}
