import type { Change, Store } from '../../src/ports/store/store.ts'
import { overStore } from './over-store.ts'

export type StoreCall = 'get' | 'getMany' | 'find' | 'count' | 'tail' | 'last' | 'commit'

/** A store that does before each call what a test says: nothing, wait, or throw. */
export interface FaultyStore {
  readonly wrap: (store: Store) => Store
  before: (call: StoreCall, changes: readonly Change[]) => void | Promise<void>
  /** As `before`, when a batch is in and its answer is not out. */
  committed: () => void | Promise<void>
  heal(): void
}

export function faultyStore(): FaultyStore {
  const fault: FaultyStore = {
    before: () => undefined,
    committed: () => undefined,
    heal: () => {
      fault.before = () => undefined
      fault.committed = () => undefined
    },
    wrap: (store) => {
      const guarded =
        <A extends unknown[], T>(call: StoreCall, read: (...args: A) => Promise<T>) =>
        async (...args: A): Promise<T> => {
          await fault.before(call, [])
          return await read(...args)
        }
      return overStore(store, {
        get: guarded('get', store.get.bind(store)) as Store['get'],
        getMany: guarded('getMany', store.getMany.bind(store)) as Store['getMany'],
        find: guarded('find', store.find.bind(store)) as Store['find'],
        count: guarded('count', store.count.bind(store)),
        tail: guarded('tail', store.tail.bind(store)) as Store['tail'],
        last: guarded('last', store.last.bind(store)),
        commit: async (id, changes) => {
          await fault.before('commit', changes)
          const outcome = await store.commit(id, changes)
          await fault.committed()
          return outcome
        },
      })
    },
  }
  return fault
}
