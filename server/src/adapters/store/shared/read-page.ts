import type { Find, Page, Stored } from '../../../ports/store/store.ts'
import type { Row } from '../../../ports/store/table.ts'
import { checkedFind } from './checked-query.ts'
import { cursorAfter } from './cursor.ts'
import type { DeclaredTable } from './declared.ts'
import type { OrderedIndex } from './ordered-index.ts'
import { copied } from './values.ts'

/** The page that a query asks for, of the order that it names. Throws `permanent`. */
export function readPage<R extends Row>(
  table: DeclaredTable,
  query: Find,
  orderNamed: (index: string) => OrderedIndex,
): Page<R> {
  const asked = checkedFind(table, query)
  const { rest, back, limit } = asked
  const order = orderNamed(query.index)
  const { from, to } = order.placesWithin(asked)
  const found = back
    ? order.rows(Math.max(from, to - limit), to).reverse()
    : order.rows(from, Math.min(to, from + limit))
  const last = found.at(-1)
  const rows = found.map((row) => copied(table, row) as Stored<R>)
  if (last === undefined || to - from <= limit) return { rows }
  return { rows, next: cursorAfter(last, rest, { table: table.name, index: query.index, back }) }
}
