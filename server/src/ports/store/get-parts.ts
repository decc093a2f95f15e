import type { Key, RowParts, Store } from './store.ts'
import type { Row, Table } from './table.ts'

/** `Store.getParts` of any store. Throws StoreError. */
export async function getParts<R extends Row, C extends keyof R>(
  store: Pick<Store, 'getMany' | 'getParts'>,
  table: Table<R>,
  { keys, columns }: { readonly keys: readonly Key[]; readonly columns: readonly C[] },
): Promise<readonly (RowParts<R, C> | undefined)[]> {
  if (store.getParts !== undefined) return await store.getParts(table, keys, columns)
  return await store.getMany(table, keys)
}
