import { touchedBy } from '../../../src/ports/store/row-hash.ts'
import type { Change, Follower, Store } from '../../../src/ports/store/store.ts'

/** One store of this process, as several processes would see it: each has its own `of`, and hears what all commit. */
export class SharedStore {
  readonly #store: Store
  readonly #followers = new Set<Follower>()
  #mark = 1

  constructor(store: Store) {
    this.#store = store
  }

  of(): Store {
    const store = this.#store
    return {
      can: { ...store.can, shared: true },
      get: (table, key, from) => store.get(table, key, from),
      getMany: (table, keys) => store.getMany(table, keys),
      find: (table, query) => store.find(table, query),
      count: (table, query) => store.count(table, query),
      tail: (log, after, limit) => store.tail(log, after, limit),
      last: (log) => store.last(log),
      commit: async (id, changes, survives) => {
        const outcome = await store.commit(id, changes, survives)
        if (outcome.ok) this.#tell(changes)
        return outcome
      },
      follow: async (follower) => {
        this.#followers.add(follower)
        const tell = (): void => follower.current(this.#mark, performance.timeOrigin + performance.now())
        tell()
        const often = setInterval(tell, 100)
        return {
          era: 'the only one',
          [Symbol.asyncDispose]: async () => {
            clearInterval(often)
            this.#followers.delete(follower)
          },
        }
      },
      close: async () => {},
    }
  }

  #tell(changes: readonly Change[]): void {
    const mark = this.#mark++
    const hashes = touchedBy(changes)
    for (const follower of this.#followers) {
      follower.touched(hashes, mark)
      follower.current(this.#mark, performance.timeOrigin + performance.now())
    }
  }
}
