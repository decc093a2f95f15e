import type { StoreRestore } from '../../../ports/store/restore.ts'
import type {
  BatchId,
  Change,
  Find,
  Key,
  Outcome,
  Page,
  Position,
  Snapshot,
  Store,
  StoreCapabilities,
  Stored,
  UniqueKey,
} from '../../../ports/store/store.ts'
import { storeLimits } from '../../../ports/store/store.ts'
import type { Log, Row, Schema, Table, Value } from '../../../ports/store/table.ts'
import { type CheckedBatch, checkedBatch, tableNamed } from '../shared/checked-batch.ts'
import { checkedCount, checkedLimit, checkedPosition } from '../shared/checked-query.ts'
import { type Declared, declared } from '../shared/declared.ts'
import { readPage } from '../shared/read-page.ts'
import { closedStore, refused } from '../shared/refuse.ts'
import { sortKey, sortKeyOf } from '../shared/sort-key.ts'
import { copied, keptKey } from '../shared/values.ts'
import { applyChange, type Failure } from './apply-change.ts'
import { type MemoryState, memoryFormat, readState, stateBytes } from './memory-state.ts'
import { MemoryTable } from './memory-table.ts'
import { RememberedIds } from './remembered-ids.ts'

export interface MemoryStoreOptions {
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
}

/** An empty store of the schema's tables, as they are now. Cheap: tables are made when first named. Throws `permanent` for a schema that contradicts itself. */
export async function openMemoryStore(schema: Schema, options: MemoryStoreOptions = {}): Promise<Store> {
  return new MemoryStore(declared(schema), options.now ?? Date.now)
}

/** `restored` is given the store once it is whole. */
export function openMemoryRestore(
  schema: Schema,
  restored: (store: Store) => void,
  options: MemoryStoreOptions = {},
): StoreRestore {
  return {
    format: memoryFormat,
    begin: async () => {
      let staged: MemoryStore | undefined
      return {
        stage: async (bytes) => {
          const state = await readState(bytes)
          staged = new MemoryStore(declared(schema), options.now ?? Date.now, state)
          return staged
        },
        finish: async () => {
          if (staged === undefined) throw refused('nothing was staged')
          restored(staged)
        },
        [Symbol.asyncDispose]: async () => {},
      }
    },
  }
}

class MemoryStore implements Store {
  readonly can: StoreCapabilities = { durable: false, shared: false, snapshot: true }
  readonly #schema: Declared
  readonly #now: () => number
  readonly #tables = new Map<string, MemoryTable>()
  readonly #logs = new Map<string, Row[]>()
  readonly #ids = new RememberedIds()
  #closed = false

  constructor(schema: Declared, now: () => number, state?: MemoryState) {
    this.#schema = schema
    this.#now = now
    for (const [name, rows] of state?.tables ?? []) {
      const table = this.#table(name)
      for (const row of rows) table.add(sortKeyOf(table.declared.key, row), row)
    }
    for (const [name, rows] of state?.logs ?? []) this.#logs.set(name, [...rows])
  }

  async get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Promise<Stored<R> | undefined> {
    return this.#read<R>(this.#table(table.name), key)
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    const held = this.#table(table.name)
    if (keys.length > storeLimits.keysPerGetMany) {
      throw refused(`getMany takes at most ${storeLimits.keysPerGetMany} keys, not ${keys.length}`)
    }
    return keys.map((key) => this.#read<R>(held, key))
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    const held = this.#table(table.name)
    return readPage<R>(held.declared, query, (index) => held.index(index))
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    const held = this.#table(table.name)
    const { eq, upTo } = checkedCount(held.declared, query)
    const { from, to } = held.index(query.index).placesOf(eq)
    return Math.min(upTo, to - from)
  }

  async commit(id: BatchId, changes: readonly Change[]): Promise<Outcome> {
    this.#refuseIfClosed()
    const now = this.#now()
    const batch = checkedBatch(this.#schema, id, changes, now)
    if (this.#ids.has(id)) return { ok: true }
    const failure = this.#apply(batch)
    if (failure !== undefined) return failure
    this.#ids.add(id, now)
    return { ok: true }
  }

  async tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    this.#refuseIfClosed()
    const known = tableNamed(this.#schema.logs, 'log', log.name)
    const from = checkedPosition(after)
    const rows = (this.#logs.get(log.name) ?? []).slice(from, from + checkedLimit(limit))
    const entries = rows.map((row, place) => ({
      at: String(from + place + 1) as Position,
      row: copied(known, row) as R,
    }))
    return { entries }
  }

  async last(log: Log): Promise<Position | undefined> {
    this.#refuseIfClosed()
    const { name } = tableNamed(this.#schema.logs, 'log', log.name)
    const entries = this.#logs.get(name)?.length ?? 0
    return entries === 0 ? undefined : (String(entries) as Position)
  }

  async snapshot(): Promise<Snapshot> {
    this.#refuseIfClosed()
    // Kept rows are never changed: to keep them is to keep the state.
    const state: MemoryState = {
      tables: Array.from(this.#tables, ([name, table]) => [name, table.rows()]),
      logs: Array.from(this.#logs, ([name, rows]) => [name, [...rows]]),
    }
    const reads = new MemoryStore(this.#schema, this.#now, state)
    const bytes = stateBytes(state)
    return {
      reads,
      format: memoryFormat,
      size: bytes.length,
      bytes: async function* () {
        yield bytes
      },
      [Symbol.asyncDispose]: () => reads.close(),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** Runs to its end without a pause: nobody sees a part of it. */
  #apply(batch: CheckedBatch): Failure | undefined {
    const undo: (() => void)[] = []
    const takeBack = (): void => {
      for (const step of undo.reverse()) step()
    }
    try {
      for (const change of batch.changes) {
        const failure = this.#applyOne(change, batch.id, undo)
        if (failure === undefined) continue
        takeBack()
        return failure
      }
    } catch (error) {
      takeBack()
      throw error
    }
    return undefined
  }

  #applyOne(change: CheckedBatch['changes'][number], id: BatchId, undo: (() => void)[]): Failure | undefined {
    if (change.do !== 'append') return applyChange(this.#table(change.table), change, id, undo)
    const rows = this.#logs.get(change.log) ?? []
    this.#logs.set(change.log, rows)
    rows.push(change.row)
    undo.push(() => rows.pop())
    return undefined
  }

  #read<R extends Row>(table: MemoryTable, key: Key | UniqueKey): Stored<R> | undefined {
    const { declared } = table
    const row = Array.isArray(key)
      ? table.row(sortKey(declared.key, keptKey(declared.name, declared.key, key)))
      : this.#readUnique(table, key as UniqueKey)
    return row === undefined ? undefined : (copied(declared, row) as Stored<R>)
  }

  #readUnique(table: MemoryTable, key: UniqueKey): ReturnType<MemoryTable['row']> {
    const { name, unique } = table.declared
    const columns = unique.get(key.unique)
    if (columns === undefined) throw refused(`table ${name} has no unique key ${JSON.stringify(key.unique)}`)
    return table.rowByUnique(key.unique, sortKey(columns, keptKey(name, columns, key.values)))
  }

  #table(name: string): MemoryTable {
    this.#refuseIfClosed()
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const fresh = new MemoryTable(tableNamed(this.#schema.tables, 'table', name))
    this.#tables.set(name, fresh)
    return fresh
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw closedStore()
  }
}
