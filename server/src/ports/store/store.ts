import type { Log, Row, Table, Value } from './table.ts'

/** Unique for ever. Chosen by the caller, so that a repeat is recognised. Carries its time: see `batch-id.ts`. */
export type BatchId = string & { readonly brand: 'BatchId' }

/** A row with its revision: the id of the batch that last wrote it. It never repeats, not even after remove and insert. */
export type Stored<R extends Row = Row> = Readonly<R> & { readonly rev: BatchId }
/** Some columns of a row. */
export type RowParts<R extends Row, C extends keyof R> = Pick<Stored<R>, C | 'rev'>

/** The values of a primary key, in the order of `Table.key`. */
export type Key = readonly Value[]

/** The values of a declared unique key. */
export interface UniqueKey {
  readonly unique: string
  readonly values: readonly Value[]
}

/** A row's own columns against constants, evaluated at commit, before the change. Says nothing of other rows. */
export type When<R extends Row = Row> = {
  readonly [C in keyof R]?: { readonly eq?: R[C]; readonly gte?: R[C]; readonly lte?: R[C] }
}

/**
 * One change of a batch, guarded by the row it names: absent, at a revision, or its own columns against constants.
 * Two batches that must exclude each other write the same row. Made by the functions in `change.ts`.
 */
export type Change =
  /** Fails as `exists` if the primary key or any unique key exists: the only guard on absence. */
  | { readonly do: 'insert'; readonly table: Table; readonly row: Row }
  /**
   * Replaces the whole row. Fails as `rev` where it is not at that revision, as `missing` where there is none, as
   * `exists` where another row has one of its unique keys. To hand a unique key from row to row, remove and insert.
   */
  | { readonly do: 'put'; readonly table: Table; readonly row: Row; readonly rev: BatchId }
  /**
   * Commutative; fails as `missing` or `when`, and as `exists` like `put`. For counters, quotas, references.
   * `set` names no column of the primary key; `add` only numbers that may not be null and are of no key, and a sum out
   * of range is a permanent error. Conditions: null equals null, and is neither above nor below anything.
   */
  | {
      readonly do: 'patch'
      readonly table: Table
      readonly key: Key
      readonly set?: Row
      readonly add?: Readonly<Record<string, number>>
      readonly when?: When
    }
  /** Fails as `missing` where there is no row. */
  | {
      readonly do: 'remove'
      readonly table: Table
      readonly key: Key
      readonly rev?: BatchId
      readonly when?: When
    }
  /** The row stays at `rev` until this batch is in. Protects this batch only, not what comes after it. */
  | { readonly do: 'check'; readonly table: Table; readonly key: Key; readonly rev: BatchId }
  /** The position is given by the engine; see `tail`. */
  | { readonly do: 'append'; readonly log: Log; readonly row: Row }

export type Outcome =
  | { readonly ok: true }
  /** One of the changes that failed, by index. Nothing was applied. */
  | {
      readonly ok: false
      readonly change: number
      readonly why: 'exists' | 'missing' | 'rev' | 'when'
      readonly uniqueKey?: string
    }

/** Where a page of `find` ended. Opaque; made by the engine, good for the same table, index, prefix and direction. */
export type Cursor = string & { readonly brand: 'Cursor' }

/** A place in a log. Opaque; ordered within its log by the engine alone. */
export type Position = string & { readonly brand: 'Position' }

export interface LogEntry<R extends Row = Row> {
  readonly at: Position
  readonly row: R
}

/** An entry that is there, whether or not a reader may pass it for good. */
export interface SeenEntry<R extends Row = Row> extends LogEntry<R> {
  /** Nothing will come to stand before it. */
  readonly isSettled: boolean
}

export type ReadFrom = 'primary' | 'replica'

/** An equality prefix of one declared index (`'key'` is the primary key), read forwards or backwards as a whole. */
export interface Find {
  readonly index: string
  readonly eq?: readonly Value[]
  readonly back?: boolean
  readonly after?: Cursor
  /**
   * Values of the index's columns after `eq`, as many as are given: rows that come after every row that has them, in
   * reading order. No such row need exist. Together with `after`, both hold.
   */
  readonly beyond?: readonly Value[]
  /** 1 to 1,000. */
  readonly limit: number
  readonly from?: ReadFrom
}

export interface Page<R extends Row> {
  readonly rows: Stored<R>[]
  /** Absent on the last page. */
  readonly next?: Cursor
}

export interface StoreCapabilities {
  /** What a commit answered survives a power cut. */
  readonly durable: boolean
  /** More than one process may have the store open. */
  readonly shared: boolean
  /** `snapshot` is there. */
  readonly snapshot: boolean
}

export const storeLimits: {
  readonly changesPerBatch: 1000
  readonly bytesPerBatch: 4194304
  readonly keysPerGetMany: 1000
  readonly rowsPerPage: 1000
  /**
   * Of the values of one row in the primary key, in one unique key, or in one order with the columns that the engine appends:
   * text by its UTF-8, other than bytes 8 each. Below the 2,704 bytes of an entry of a PostgreSQL index. A patch is measured by
   * what it names: the key and what it sets. Only what is written is measured; longer rows of before are read and removed.
   */
  readonly bytesPerKey: 2560
} = {
  changesPerBatch: 1000,
  bytesPerBatch: 4_194_304,
  keysPerGetMany: 1000,
  rowsPerPage: 1000,
  bytesPerKey: 2560,
}

/** One state of a store, whatever is written meanwhile. Disposal lets go of what it stands on. */
export interface Snapshot extends AsyncDisposable {
  readonly reads: Pick<Store, 'get' | 'getMany' | 'find'>
  /** What `bytes` are: only an engine of the same format takes them back. */
  readonly format: string
  readonly size: number
  /** Of all tables and logs, in the engine's own form. Chunks may be used again: use each before asking for the next. */
  bytes(): AsyncIterable<Uint8Array>
}

/**
 * Hears what is committed to a shared store, by whichever process, this one included. A *mark* is a place in the order
 * in which the store tells of commits: of two, the larger is later, and every process that follows sees the same ones.
 */
export interface Follower {
  /**
   * Rows of one commit, by their hashes (`row-hash.ts`). Within the bound of `Following`, after the commit was answered.
   * Repeats are allowed; a commit is never left out while the following is unbroken.
   */
  touched(hashes: readonly number[], mark: number): void
  /**
   * Everything that was answered before `asOf` has been told, and a read that begins after this call sees every commit
   * below `mark`. `asOf` is of `performance.timeOrigin + performance.now()`: what the wall clock says does not matter.
   * `since` is of the first one, and of one after `lost`: what was committed at or after it is told, and nothing before;
   * `mark` where it is not said.
   */
  current(mark: number, asOf: number, since?: number): void
  /** The following is broken: commits may have been left out. Until the next `current`, nothing is known. */
  lost(): void
}

export interface Following extends AsyncDisposable {
  /**
   * Names the order that marks belong to: of another name, they cannot be compared. A store that was restored, or whose
   * server was replaced by a copy of it, begins another.
   */
  readonly era: string
  /**
   * Settles once every other follower that lives has been told of what was answered before this call, or `withinMs` have
   * passed. Of an engine without it, nobody knows how far others are. Never rejects.
   */
  heardByAll?(withinMs: number): Promise<void>
}

/** What a commit has survived when it is answered; `power`, which is a crash of a server too, where nothing is said. */
export type Survives = 'power' | 'process'

/**
 * The record. Reads, and one write: `commit`, a list of guarded changes that applies whole or not at all.
 * Every method throws StoreError: `transient`, `full`, `denied` (nothing applied), `unknown` (commit only), `permanent`.
 * An unsure read is transient, never "missing".
 */
export interface Store {
  readonly can: StoreCapabilities
  /** 'primary' (the default) sees every commit answered before the call by any process; a 'replica' may lag and never decides a change. */
  get<R extends Row>(table: Table<R>, key: Key | UniqueKey, from?: ReadFrom): Promise<Stored<R> | undefined>
  /** At most 1,000 keys; answers in their order, undefined where missing. Not one snapshot: guard what you decide on. */
  getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]>
  /** The same with these columns of each row alone, of engines to which the others are a burden: ask by `getParts`. */
  getParts?<R extends Row, C extends keyof R>(
    table: Table<R>,
    keys: readonly Key[],
    columns: readonly C[],
  ): Promise<(RowParts<R, C> | undefined)[]>
  /** Byte order (UTF-8 for text, false before true). One page is one snapshot; a page after another may see later commits. */
  find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>>
  /** Stops at `upTo`. */
  count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number>
  /**
   * All or nothing, durable on return. Within `storeLimits`, beyond which it is `permanent`; names a row once; removes run
   * first. The same id again answers ok and does nothing. What only has to survive the `process` may be lost with the power, and where a server
   * has the records also when that one crashes while this process goes on; as a whole, and never without what was committed
   * after it.
   */
  commit(id: BatchId, changes: readonly Change[], survives?: Survives): Promise<Outcome>
  /**
   * Commit order; what a reader has passed never gains an earlier entry. `undefined`: from the start. What is behind a commit
   * under way may come later, so a page without entries is no end of the log: `last` tells where that is, and `tailNow` what
   * is there.
   */
  tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: LogEntry<R>[] }>
  /**
   * All that was committed before the call, behind a place, and at once; fewer than `limit` are all there are. What `tail` keeps
   * back yet comes last and is not settled: what is under way may come to stand before it. So who goes on from its place does
   * so to see what is there, and keeps no such place. Of an engine without it `tail` keeps nothing back.
   */
  tailNow?<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: SeenEntry<R>[] }>
  /** Where the log ends: at or after every entry that was committed before the call. undefined: it is empty. `transient` while that is not known. */
  last(log: Log): Promise<Position | undefined>
  /** All that was committed before the call, and of later commits none or all of each. Takes as long as a copy. */
  snapshot?(): Promise<Snapshot>
  /** Bytes that can still be written where the records are, beyond what the engine holds back for itself. */
  freeBytes?(): Promise<number>
  /**
   * Of a store that `can` be `shared`: what other processes commit, from now on, until it is disposed. `current` comes at
   * least twice a second while the store answers. Settles once the first one came.
   */
  follow?(follower: Follower): Promise<Following>
  /** Waits for what is under way; every later call throws. Idempotent. */
  close(): Promise<void>
}
