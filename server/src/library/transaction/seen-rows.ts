import { artifacts, collections, stars, versions } from '../../core/artifacts/tables.ts'
import { tags } from '../../core/catalog/tables.ts'
import { repositories } from '../../core/content/tables.ts'
import { RegistryError } from '../../domain/error.ts'
import type { BatchId, Key, Store, Stored, UniqueKey } from '../../ports/store/store.ts'
import type { Table } from '../../ports/store/table.ts'

/** What people know of: two who change one of these rows are in each other's way. All other tables are book-keeping. */
const known: ReadonlySet<string> = new Set(
  [artifacts, versions, tags, stars, collections, repositories].map(({ name }) => name),
)

export function isKnownToPeople(table: string): boolean {
  return known.has(table)
}

/**
 * Of what a transaction shows: what it changes there must be as it was shown first. Whoever changes a version changes its
 * artifact as well.
 */
const shown: ReadonlySet<string> = new Set([artifacts, collections].map(({ name }) => name))

/**
 * As which revisions a transaction has seen the rows that people know of: first, by whatever it saw them, and last by key,
 * so that it is told where it sees them anew.
 */
export class SeenRows {
  readonly #first = new Map<string, BatchId>()
  readonly #revisions = new Map<string, BatchId | undefined>()
  #insists = false

  /** From now on a row that is not as it was seen is a lost race. */
  insist(): void {
    this.#insists = true
  }

  /** undefined: it has not seen the row, or nobody is shown rows of that table. */
  first(table: Pick<Table, 'name'>, key: Key): BatchId | undefined {
    return this.#first.get(nameOf(table, key))
  }

  /** The same store. @throws RegistryError `artifact-changed` where it insists */
  over(store: Store): Store {
    const snapshot = store.snapshot?.bind(store)
    const freeBytes = store.freeBytes?.bind(store)
    return {
      can: store.can,
      get: async (table, key, from) => {
        const row = await store.get(table, key, from)
        this.#note(table, key, row?.rev)
        this.#noteFirst(table as Table, [row])
        return row
      },
      getMany: async (table, keys) => {
        const rows = await store.getMany(table, keys)
        for (const [at, key] of keys.entries()) this.#note(table, key, rows[at]?.rev)
        this.#noteFirst(table as Table, rows)
        return rows
      },
      find: async (table, query) => {
        const page = await store.find(table, query)
        this.#noteFirst(table as Table, page.rows)
        return page
      },
      count: (table, query) => store.count(table, query),
      tail: (log, after, limit) => store.tail(log, after, limit),
      last: (log) => store.last(log),
      commit: (id, changes, survives) => store.commit(id, changes, survives),
      ...(snapshot && { snapshot }),
      ...(freeBytes && { freeBytes }),
      close: () => store.close(),
    }
  }

  #note(table: Pick<Table, 'name'>, key: Key | UniqueKey, revision: BatchId | undefined): void {
    if (!isKnownToPeople(table.name)) return
    const name = nameOf(table, key)
    if (this.#insists && this.#revisions.has(name) && this.#revisions.get(name) !== revision)
      throw new RegistryError('artifact-changed', { artifact: name })
    this.#revisions.set(name, revision)
  }

  #noteFirst(table: Pick<Table, 'name' | 'key'>, rows: readonly (Stored | undefined)[]): void {
    if (!shown.has(table.name)) return
    for (const row of rows) {
      if (row === undefined) continue
      const name = nameOf(
        table,
        table.key.map((column) => row[column] ?? ''),
      )
      if (!this.#first.has(name)) this.#first.set(name, row.rev)
    }
  }
}

function nameOf({ name }: Pick<Table, 'name'>, key: Key | UniqueKey): string {
  return `${name} ${JSON.stringify(key)}`
}
