import { artifacts, collections, stars, versions } from '../../core/artifacts/tables.ts'
import { tags } from '../../core/catalog/tables.ts'
import { repositories } from '../../core/content/tables.ts'
import { RegistryError } from '../../domain/error.ts'
import type { BatchId, Key, Store, UniqueKey } from '../../ports/store/store.ts'

/** What people know of: two who change one of these rows are in each other's way. All other tables are book-keeping. */
const known: ReadonlySet<string> = new Set(
  [artifacts, versions, tags, stars, collections, repositories].map(({ name }) => name),
)

export function isKnownToPeople(table: string): boolean {
  return known.has(table)
}

/** As which revisions a transaction last saw the rows that people know of, so that it is told where it sees them anew. */
export class SeenRows {
  readonly #revisions = new Map<string, BatchId | undefined>()
  #insists = false

  /** From now on a row that is not as it was seen is a lost race. */
  insist(): void {
    this.#insists = true
  }

  /** The same store. @throws RegistryError `artifact-changed` where it insists */
  over(store: Store): Store {
    const snapshot = store.snapshot?.bind(store)
    const freeBytes = store.freeBytes?.bind(store)
    return {
      can: store.can,
      get: async (table, key, from) => {
        const row = await store.get(table, key, from)
        this.#note(table.name, key, row?.rev)
        return row
      },
      getMany: async (table, keys) => {
        const rows = await store.getMany(table, keys)
        for (const [at, key] of keys.entries()) this.#note(table.name, key, rows[at]?.rev)
        return rows
      },
      find: (table, query) => store.find(table, query),
      count: (table, query) => store.count(table, query),
      tail: (log, after, limit) => store.tail(log, after, limit),
      last: (log) => store.last(log),
      commit: (id, changes, survives) => store.commit(id, changes, survives),
      ...(snapshot && { snapshot }),
      ...(freeBytes && { freeBytes }),
      close: () => store.close(),
    }
  }

  #note(table: string, key: Key | UniqueKey, revision: BatchId | undefined): void {
    if (!isKnownToPeople(table)) return
    const name = `${table} ${JSON.stringify(key)}`
    if (this.#insists && this.#revisions.has(name) && this.#revisions.get(name) !== revision)
      throw new RegistryError('artifact-changed', { artifact: name })
    this.#revisions.set(name, revision)
  }
}
