import type { DatabaseSync } from 'node:sqlite'
import { newBatchId } from '../../../ports/store/batch-id.ts'
import { StoreError } from '../../../ports/store/errors.ts'
import type {
  BatchId,
  Change,
  Find,
  Key,
  Outcome,
  Page,
  Position,
  Store,
  StoreCapabilities,
  Stored,
  UniqueKey,
} from '../../../ports/store/store.ts'
import type { Log, Row, Table, Value } from '../../../ports/store/table.ts'
import { type CheckedBatch, checkedBatch, tableNamed } from '../shared/checked-batch.ts'
import type { Declared, DeclaredLog } from '../shared/declared.ts'
import { closedStore } from '../shared/refuse.ts'
import { keptColumns } from '../shared/values.ts'
import { applyChange } from './apply-change.ts'
import { storeErrorOf } from './connection.ts'
import {
  countReading,
  lastReading,
  pageReading,
  type Reading,
  refuseTooManyKeys,
  rowReading,
  tailReading,
} from './readings.ts'
import { Statements } from './statements.ts'
import { listed, quoted, type SqlValue, toSql } from './table-sql.ts'

/** Whoever repeats a batch does so at once: no answer gets lost on the way. */
const idsRemembered = 1024

/**
 * A store on one connection within one transaction, which somebody else ends: nothing is flushed, and nobody waits for
 * another thread. Once the transaction is lost, as on a full disk, everything is refused.
 */
export class BulkStore implements Store {
  readonly can: StoreCapabilities = { durable: false, shared: false, snapshot: false }
  readonly #db: DatabaseSync
  readonly #tables: Declared
  readonly #now: () => number
  readonly #statements: Statements
  readonly #recent = new Set<BatchId>()
  readonly #addSqls = new Map<DeclaredLog, string>()
  /** Of all rows that are in no batch: each of them is made once. */
  readonly #rev: BatchId
  #ended: StoreError | undefined

  constructor(db: DatabaseSync, tables: Declared, now: () => number) {
    this.#db = db
    this.#tables = tables
    this.#now = now
    this.#statements = new Statements(db)
    this.#rev = newBatchId(now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
  }

  async get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Promise<Stored<R> | undefined> {
    return this.#get(table, key)
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    refuseTooManyKeys(keys)
    return keys.map((key) => this.#get(table, key))
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    return this.#read(pageReading<R>(tableNamed(this.#tables.tables, 'table', table.name), query))
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    return this.#read(countReading(tableNamed(this.#tables.tables, 'table', table.name), query))
  }

  async tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    return this.#read(tailReading<R>(tableNamed(this.#tables.logs, 'log', log.name), after, limit))
  }

  async last(log: Log): Promise<Position | undefined> {
    return this.#read(lastReading(tableNamed(this.#tables.logs, 'log', log.name)))
  }

  async commit(id: BatchId, changes: readonly Change[]): Promise<Outcome> {
    this.#refuseIfEnded()
    const batch = checkedBatch(this.#tables, id, changes, this.#now())
    if (this.#recent.has(id)) return { ok: true }
    const outcome = this.#within(() => this.#apply(batch))
    if (outcome.ok) this.#remember(id)
    return outcome
  }

  /** A row in no batch. Throws `permanent` where its key is taken. */
  insert(table: Table, row: Row): void {
    const known = tableNamed(this.#tables.tables, 'table', table.name)
    this.#add(known, row, [this.#rev])
  }

  append(log: Log, row: Row): void {
    this.#add(tableNamed(this.#tables.logs, 'log', log.name), row, [])
  }

  async close(): Promise<void> {
    this.#ended ??= closedStore()
  }

  /** Throws what has kept the store from going on. */
  requireWhole(): void {
    if (this.#ended !== undefined) throw this.#ended
  }

  #get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Stored<R> | undefined {
    this.#refuseIfEnded()
    const { sql, values, answer } = rowReading<R>(tableNamed(this.#tables.tables, 'table', table.name), key)
    return this.#within(() => answer(this.#statements.row(sql, values)))
  }

  #read<T>({ sql, values, answer }: Reading<T>): T {
    this.#refuseIfEnded()
    return this.#within(() => answer(this.#statements.rows(sql, values)))
  }

  #add(owner: DeclaredLog, row: Row, more: readonly SqlValue[]): void {
    this.#refuseIfEnded()
    const values = keptColumns(owner, row).map(toSql)
    this.#within(() => this.#statements.run(this.#addSql(owner, more.length), [...values, ...more]))
  }

  #addSql(owner: DeclaredLog, more: number): string {
    const known = this.#addSqls.get(owner)
    if (known !== undefined) return known
    const columns = [...owner.columns, ...(more > 0 ? [{ name: 'rev' }] : [])]
    const sql = `INSERT INTO ${quoted(owner.name)} (${listed(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
    this.#addSqls.set(owner, sql)
    return sql
  }

  #apply(batch: CheckedBatch): Outcome {
    this.#statements.run('SAVEPOINT batch', [])
    for (const change of batch.changes) {
      const failure = this.#change(change, batch.id)
      if (failure === undefined) continue
      this.#takeBack()
      return failure
    }
    this.#statements.run('RELEASE batch', [])
    return { ok: true }
  }

  #change(change: CheckedBatch['changes'][number], id: BatchId): ReturnType<typeof applyChange> {
    try {
      return applyChange(this.#tables, this.#statements, change, id)
    } catch (error) {
      if (this.#db.isTransaction) this.#takeBack()
      throw error
    }
  }

  #takeBack(): void {
    this.#statements.run('ROLLBACK TO batch', [])
    this.#statements.run('RELEASE batch', [])
  }

  /** An error that has cost the transaction has cost all that was committed: what came after it would stand alone. */
  #within<T>(work: () => T): T {
    try {
      return work()
    } catch (cause) {
      const error = storeErrorOf(cause)
      if (!this.#db.isTransaction) {
        const reason = `nothing of it was kept: ${error.message}`
        this.#ended ??= new StoreError(error.kind, reason, { cause })
      }
      throw error
    }
  }

  #remember(id: BatchId): void {
    this.#recent.add(id)
    if (this.#recent.size <= idsRemembered) return
    const [oldest] = this.#recent
    if (oldest !== undefined) this.#recent.delete(oldest)
  }

  #refuseIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}
