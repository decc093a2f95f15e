import type { Key, Store, UniqueKey } from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { refused } from '../shared/refuse.ts'
import { sortKey } from '../shared/sort-key.ts'
import { keptKey } from '../shared/values.ts'
import { rowsOf } from './base-facts.ts'
import type { OverlayTable } from './overlay-table.ts'

/** Rows as the transaction sees them, in the order of their keys. Throws StoreError, `permanent` for keys that do not fit. */
export async function readByKeys(
  base: Store,
  table: OverlayTable,
  keys: readonly Key[],
): Promise<(KeptRow | undefined)[]> {
  if (keys.length > storeLimits.keysPerGetMany) {
    throw refused(`getMany takes at most ${storeLimits.keysPerGetMany} keys, not ${keys.length}`)
  }
  const { name, key: columns } = table.declared
  const asked = keys.map((each) => {
    const key = keptKey(name, columns, each)
    return { key, id: sortKey(columns, key) }
  })
  const unknown = new Map(
    asked.filter(({ id }) => table.entry(id) === undefined).map(({ id, key }) => [id, key]),
  )
  const found = await rowsOf(base, table, [...unknown.values()])
  const rows = new Map([...unknown.keys()].map((id, at) => [id, found[at]]))
  return asked.map(({ id, key }) => table.read(id, key, rows.get(id)))
}

/** Throws StoreError, `permanent` for a unique key that does not fit. */
export async function readByUnique(
  base: Store,
  table: OverlayTable,
  asked: UniqueKey,
): Promise<KeptRow | undefined> {
  const { name, unique, key } = table.declared
  const columns = unique.get(asked.unique)
  if (columns === undefined) {
    throw refused(`table ${name} has no unique key ${JSON.stringify(asked.unique)}`)
  }
  const values = keptKey(name, columns, asked.values)
  const at = sortKey(columns, values)
  const known = readHolder(table, asked.unique, at)
  if (known !== undefined || table.isFree(asked.unique, at)) return known
  const wanted = { unique: asked.unique, values }
  const found = await base.get(table.table, wanted)
  const since = readHolder(table, asked.unique, at)
  if (since !== undefined) return since
  if (found === undefined) {
    if (table.watched) table.noteFree(wanted, at)
    return undefined
  }
  const id = table.idOf(found)
  // As the transaction sees the row, it has another key by now or is gone: what the base says of it is hidden.
  const isHidden = table.entry(id) !== undefined
  const row = table.read(
    id,
    key.map((column) => found[column.name]),
    found,
  )
  return isHidden ? undefined : row
}

function readHolder(table: OverlayTable, unique: string, at: string): KeptRow | undefined {
  const id = table.holder(unique, at)
  const entry = id === undefined ? undefined : table.entry(id)
  return id === undefined || entry === undefined ? undefined : table.read(id, entry.key, undefined)
}
