import type { Cursor, Find, Page, Store } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Value } from '../../../ports/store/table.ts'
import { type CheckedFind, checkedFind } from '../shared/checked-query.ts'
import { cursorAfter } from '../shared/cursor.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { beyondAll, sortKey, sortKeyOf } from '../shared/sort-key.ts'
import { copied } from '../shared/values.ts'
import type { OverlayTable } from './overlay-table.ts'

interface Placed {
  readonly at: string
  readonly row: KeptRow
}

/** What of the base has been read, in reading order, and whether there is more. */
interface Read {
  readonly rows: readonly KeptRow[]
  readonly ended: boolean
}

/** A page of the base's rows as changed by the transaction. Throws StoreError, `permanent` for a query that does not fit. */
export async function findPage(base: Store, table: OverlayTable, query: Find): Promise<Page<KeptRow>> {
  const asked = checkedFind(table.declared, query)
  const start = furthestBound(asked)
  // One more than asked for tells whether there is another page.
  const wanted = asked.limit + 1
  let read: Read = { rows: [], ended: false }
  let merged: Placed[] = []
  while (!read.ended && merged.length < wanted) {
    const missing = wanted - merged.length + table.hiddenWithin(asked.order, asked.eq)
    read = await readOn(base, table, query.index, asked, read, start, missing)
    merged = mergedRows(table, query.index, asked, read)
  }
  const rows = merged.slice(0, asked.limit).map(({ row }) => copied(table.declared, row) as KeptRow)
  const last = rows.at(-1)
  if (last === undefined || merged.length < wanted) return { rows }
  const scope = { table: table.table.name, index: query.index, back: asked.back }
  return { rows, next: cursorAfter(last, asked.rest, scope) as Cursor }
}

/** Reads go by values, not by the base's cursors: those of the transaction name rows that the base may not have. */
async function readOn(
  base: Store,
  table: OverlayTable,
  index: string,
  { eq, rest, back }: CheckedFind,
  read: Read,
  start: readonly Value[] | undefined,
  missing: number,
): Promise<Read> {
  const last = read.rows.at(-1)
  const beyond: readonly Value[] | undefined = last ? rest.map(({ name }) => last[name]) : start
  const limit = Math.min(missing, storeLimits.rowsPerPage)
  const page = await base.find(table.table, { index, eq, back, limit, ...(beyond && { beyond }) })
  return { rows: [...read.rows, ...page.rows], ended: page.next === undefined }
}

/** The rows that can be told so far: behind the last one of the base that was read, others may still come in between. */
function mergedRows(table: OverlayTable, index: string, asked: CheckedFind, read: Read): Placed[] {
  const { order, back, limit } = asked
  const placed = (row: KeptRow): Placed => ({ at: sortKeyOf(order, row), row })
  const own = table.index(index)
  const { from, to } = own.placesWithin(asked)
  const ownRows = back
    ? own.rows(Math.max(from, to - limit - 1), to)
    : own.rows(from, Math.min(to, from + limit + 1))
  const others = read.rows.filter((row) => table.entry(table.idOf(row)) === undefined)
  const all = [...ownRows, ...others].map(placed)
  all.sort(back ? (one, other) => (one.at > other.at ? -1 : 1) : (one, other) => (one.at < other.at ? -1 : 1))
  const last = read.rows.at(-1)
  if (read.ended || last === undefined) return all
  const frontier = sortKeyOf(order, last)
  return all.filter(({ at }) => (back ? at >= frontier : at <= frontier))
}

/** The bound that lies furthest in reading order: the others then hold too. */
function furthestBound({ rest, bounds, back }: CheckedFind): readonly Value[] | undefined {
  const place = (bound: readonly Value[]): string => sortKey(rest, bound) + (back ? '' : beyondAll)
  return bounds.reduce<readonly Value[] | undefined>((one, other) => {
    if (one === undefined) return other
    const isFurther = back ? place(other) < place(one) : place(other) > place(one)
    return isFurther ? other : one
  }, undefined)
}
