import type { Position, SeenEntry, Store } from './store.ts'
import type { Log, Row } from './table.ts'

/** `Store.tailNow` of any store. Throws StoreError. */
export async function tailNow<R extends Row>(
  store: Pick<Store, 'tail' | 'tailNow'>,
  log: Log<R>,
  { after, limit }: { readonly after: Position | undefined; readonly limit: number },
): Promise<readonly SeenEntry<R>[]> {
  if (store.tailNow !== undefined) return (await store.tailNow(log, after, limit)).entries
  const { entries } = await store.tail(log, after, limit)
  return entries.map((entry) => ({ ...entry, isSettled: true }))
}
