import type { Store } from '../../src/ports/store/store.ts'

/** The same store, some of whose calls a test answers itself. */
export function overStore(store: Store, calls: Partial<Store>): Store {
  return {
    can: store.can,
    get: store.get.bind(store),
    getMany: store.getMany.bind(store),
    ...(store.getParts && { getParts: store.getParts.bind(store) }),
    find: store.find.bind(store),
    count: store.count.bind(store),
    tail: store.tail.bind(store),
    ...(store.tailNow && { tailNow: store.tailNow.bind(store) }),
    last: store.last.bind(store),
    commit: store.commit.bind(store),
    ...(store.snapshot && { snapshot: store.snapshot.bind(store) }),
    close: store.close.bind(store),
    ...calls,
  }
}
