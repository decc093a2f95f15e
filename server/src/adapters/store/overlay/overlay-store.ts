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
  Survives,
  UniqueKey,
} from '../../../ports/store/store.ts'
import type { Log, Row, Schema, Table, Value } from '../../../ports/store/table.ts'
import { type CheckedBatch, checkedBatch, tableNamed } from '../shared/checked-batch.ts'
import { type Declared, declared } from '../shared/declared.ts'
import { refused } from '../shared/refuse.ts'
import { copied } from '../shared/values.ts'
import { applyBatch } from './apply-batch.ts'
import { BaseFacts } from './base-facts.ts'
import { Calls, endedTransaction } from './calls.ts'
import { countRows } from './count-rows.ts'
import { findPage } from './find-page.ts'
import { Flush, type FlushOutcome } from './flush.ts'
import { netChanges } from './net-changes.ts'
import { OverlayTable } from './overlay-table.ts'
import { pendingLast, pendingTail } from './pending-tail.ts'
import { readByKeys, readByUnique } from './read-by-key.ts'

export interface OverlayOptions {
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
  /**
   * The tables of which whatever is read by key is checked by `flush`, and stays as it was first read until then. Of the
   * others only rows that the transaction has changed do; what else is read there is the base's, as new as it is. All,
   * where nothing is said.
   */
  readonly watched?: readonly Pick<Table, 'name'>[]
}

/**
 * A transaction: a store whose commits are kept in memory until `flush` writes what they come to, as one batch of the base.
 *
 * Reads answer the base's rows as changed by what was committed here. The base is read as it is, not as of one moment:
 * `find` and `count` may meet rows that others have committed meanwhile, and nothing guards that a range stays as it was.
 * A page that finds many of the transaction's own rows in its range may be of several moments of the base. Revisions of
 * rows that were changed here are ids of commits made here, and mean nothing once the transaction has ended.
 *
 * `commit` evaluates every guard as an engine does, against what the transaction sees. `survives` says nothing here.
 * `tail` answers the base's entries, and behind them those appended here: entries that others append meanwhile come in
 * between, at the latest when the transaction is flushed. `close` is `discard`. The base stays open.
 *
 * Once `flush` or `discard` was called, every other call throws StoreError `permanent`: the transaction has ended.
 */
export interface OverlayStore extends Store {
  /**
   * Waits for the calls under way, and writes all or nothing: for each row one change, guarded by the revision at which
   * the transaction came to know it; a row that was only ever patched, or removed, without being read or named by its
   * revision, is still patched or removed so, whatever its revision is by now. Rows that were read in watched tables and
   * not changed are checked. Entries of logs follow in their order. A transaction that has only read is checked too.
   *
   * The base has no guard on absence but an insert. What was read in watched tables, was not there and was not inserted,
   * is read once more before the batch is sent: what others insert between that look and the batch goes unnoticed. Whoever
   * must exclude that inserts the row, or changes one that the others change as well.
   *
   * After an answer, whichever, the transaction has ended. After an error it can be called again and sends the same: with
   * a new id, or after `unknown` with the same id.
   * @throws StoreError as the base's `commit` does; `permanent` also where rows hand unique keys on in a circle, which no
   * batch can say, for another id after `unknown`, and while another flush is under way
   */
  flush(id: BatchId, survives?: Survives): Promise<FlushOutcome>
  /** Forgets what was committed here. Waits for what is under way. Idempotent; after a flush it does nothing more. */
  discard(): Promise<void>
}

/** A transaction over `base`, which is of this schema. Throws `permanent` for a schema that contradicts itself. */
export function openOverlayStore(base: Store, schema: Schema, options: OverlayOptions = {}): OverlayStore {
  return new Overlay(base, schema, options)
}

class Overlay implements OverlayStore {
  readonly can: StoreCapabilities
  readonly freeBytes?: () => Promise<number>
  readonly #base: Store
  readonly #source: Schema
  readonly #schema: Declared
  readonly #now: () => number
  readonly #watched: ReadonlySet<string>
  readonly #tables = new Map<string, OverlayTable>()
  readonly #appends: Extract<Change, { do: 'append' }>[] = []
  readonly #ids = new Set<BatchId>()
  readonly #calls = new Calls()
  #flush: Flush | undefined
  #flushing: Promise<FlushOutcome> | undefined
  #ended = false

  constructor(base: Store, schema: Schema, { now = Date.now, watched = schema.tables }: OverlayOptions) {
    this.can = { durable: false, shared: base.can.shared, snapshot: false }
    const { freeBytes } = base
    if (freeBytes !== undefined) this.freeBytes = () => this.#during(() => freeBytes.call(base))
    this.#base = base
    this.#source = schema
    this.#schema = declared(schema)
    this.#now = now
    this.#watched = new Set(watched.map(({ name }) => name))
  }

  get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Promise<Stored<R> | undefined> {
    return this.#during(async () => {
      const own = this.#table(table.name)
      const row = Array.isArray(key)
        ? (await readByKeys(this.#base, own, [key]))[0]
        : await readByUnique(this.#base, own, key as UniqueKey)
      return row && (copied(own.declared, row) as Stored<R>)
    })
  }

  getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    return this.#during(async () => {
      const own = this.#table(table.name)
      const rows = await readByKeys(this.#base, own, keys)
      return rows.map((row) => row && (copied(own.declared, row) as Stored<R>))
    })
  }

  find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    return this.#during(async () => {
      return (await findPage(this.#base, this.#table(table.name), query)) as unknown as Page<R>
    })
  }

  count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    return this.#during(async () => await countRows(this.#base, this.#table(table.name), query))
  }

  commit(id: BatchId, changes: readonly Change[]): Promise<Outcome> {
    return this.#during(async () => {
      const batch = checkedBatch(this.#schema, id, changes, this.#now())
      for (const facts = new BaseFacts(this.#base); ; await facts.load()) {
        if (this.#ids.has(id)) return { ok: true }
        const outcome = applyBatch((name) => this.#table(name), batch, facts)
        if (outcome === undefined) continue
        if (outcome.ok) this.#keep(batch)
        return outcome
      }
    })
  }

  tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    return this.#during(async () => {
      const own = tableNamed(this.#schema.logs, 'log', log.name)
      const pending = (): Row[] => this.#pendingOf(log.name)
      return (await pendingTail(this.#base, log as Log, own, pending, after, limit)) as never
    })
  }

  last(log: Log): Promise<Position | undefined> {
    return this.#during(async () => await pendingLast(this.#base, log, () => this.#pendingOf(log.name)))
  }

  async flush(id: BatchId, survives: Survives = 'power'): Promise<FlushOutcome> {
    if (this.#ended) throw endedTransaction()
    if (this.#flushing !== undefined) throw refused('the transaction is being flushed')
    this.#flushing = this.#send(id, survives)
    try {
      const outcome = await this.#flushing
      this.#ended = true
      return outcome
    } finally {
      this.#flushing = undefined
    }
  }

  async discard(): Promise<void> {
    this.#ended = true
    await this.#calls.end()
    await this.#flushing?.catch(() => undefined)
  }

  close(): Promise<void> {
    return this.discard()
  }

  async #send(id: BatchId, survives: Survives): Promise<FlushOutcome> {
    await this.#calls.end()
    this.#flush ??= new Flush(this.#base, this.#schema, netChanges([...this.#tables.values()], this.#appends))
    return await this.#flush.send(id, survives)
  }

  #pendingOf(log: string): Row[] {
    return this.#appends.filter((each) => each.log.name === log).map(({ row }) => row)
  }

  #keep({ id, changes }: CheckedBatch): void {
    this.#ids.add(id)
    for (const change of changes) {
      if (change.do !== 'append') continue
      const log = this.#source.logs.find(({ name }) => name === change.log) as Log
      this.#appends.push({ do: 'append', log, row: change.row })
    }
  }

  #table(name: string): OverlayTable {
    const known = this.#tables.get(name)
    if (known !== undefined) return known
    const own = tableNamed(this.#schema.tables, 'table', name)
    const table = this.#source.tables.find((each) => each.name === name) as Table
    const fresh = new OverlayTable(table, own, this.#watched.has(name))
    this.#tables.set(name, fresh)
    return fresh
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    return await this.#calls.run(call)
  }
}
