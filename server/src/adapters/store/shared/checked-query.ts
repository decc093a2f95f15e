import type { Cursor, Find, Position } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Value } from '../../../ports/store/table.ts'
import { readCursor } from './cursor.ts'
import type { Column, DeclaredTable } from './declared.ts'
import { refused } from './refuse.ts'
import { keptValues } from './values.ts'

/** `bounds`: rows must lie past each of these beginnings of `rest`, in reading order. */
export interface CheckedFind {
  readonly order: readonly Column[]
  readonly eq: readonly Value[]
  /** The columns of the order after `eq`. */
  readonly rest: readonly Column[]
  readonly bounds: readonly (readonly Value[])[]
  readonly back: boolean
  readonly limit: number
}

/** Throws `permanent`. */
export function checkedFind(table: DeclaredTable, query: Find): CheckedFind {
  const order = orderNamed(table, query.index)
  const eq = keptValues(table.name, order, query.eq ?? [])
  const rest = order.slice(eq.length)
  const back = query.back === true
  const bounds: (readonly Value[])[] = []
  if (query.after !== undefined) bounds.push(afterCursor(table, query, rest, query.after))
  if (query.beyond !== undefined && query.beyond.length > 0) {
    bounds.push(keptValues(table.name, rest, query.beyond))
  }
  return { order, eq, rest, bounds, back, limit: checkedLimit(query.limit) }
}

export function checkedCount(
  table: DeclaredTable,
  query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
): { readonly order: readonly Column[]; readonly eq: readonly Value[]; readonly upTo: number } {
  const order = orderNamed(table, query.index)
  if (!Number.isSafeInteger(query.upTo) || query.upTo < 1) throw refused('count: upTo is a number from 1')
  return { order, eq: keptValues(table.name, order, query.eq ?? []), upTo: query.upTo }
}

export function checkedLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > storeLimits.rowsPerPage) {
    throw refused(`a page holds 1 to ${storeLimits.rowsPerPage} rows, not ${limit}`)
  }
  return limit
}

/** Positions of the engines in this process are whole numbers, from 1. 0: before the first. Throws `permanent`. */
export function checkedPosition(after: Position | undefined): number {
  if (after === undefined) return 0
  if (typeof after !== 'string' || !/^[1-9][0-9]{0,15}$/.test(after)) throw refused('malformed log position')
  return Number(after)
}

function orderNamed(table: DeclaredTable, index: string): readonly Column[] {
  const order = table.indexes.get(index)
  if (order === undefined) throw refused(`table ${table.name} has no index ${JSON.stringify(index)}`)
  return order
}

function afterCursor(
  table: DeclaredTable,
  query: Find,
  rest: readonly Column[],
  cursor: Cursor,
): readonly Value[] {
  const values = readCursor(cursor, { table: table.name, index: query.index, back: query.back === true })
  if (values.length !== rest.length) throw refused('the cursor is of another query')
  return keptValues(table.name, rest, values)
}
