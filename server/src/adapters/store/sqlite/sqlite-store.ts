import { existsSync, statSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../../../ports/store/errors.ts'
import type {
  BatchId,
  Change,
  Find,
  Key,
  Outcome,
  Page,
  Position,
  RowParts,
  Snapshot,
  Store,
  StoreCapabilities,
  Stored,
  Survives,
  UniqueKey,
} from '../../../ports/store/store.ts'
import type { Log, Row, Schema, Table, Value } from '../../../ports/store/table.ts'
import { checkedBatch, tableNamed } from '../shared/checked-batch.ts'
import { type Declared, type DeclaredTable, declared } from '../shared/declared.ts'
import { closedStore } from '../shared/refuse.ts'
import { openForReading, openForWriting, storeErrorOf } from './connection.ts'
import type { GroupCounts } from './group-writer.ts'
import { migrate, syncPath } from './migrate.ts'
import { makeOwnFile } from './own-file.ts'
import { makeOwnFolder } from './own-folder.ts'
import { lockFolder } from './process-lock.ts'
import { QueueRoom, queueLimits } from './queue-room.ts'
import { Readers } from './readers.ts'
import {
  countReading,
  lastReading,
  pageReading,
  partsReading,
  refuseTooManyKeys,
  rowReading,
  tailReading,
} from './readings.ts'
import { reserveFile } from './reserve.ts'
import { refuseHalfRestored } from './restore-mark.ts'
import { removeSnapshots, takeSnapshot } from './snapshot.ts'
import { Statements } from './statements.ts'
import { type GivenLink, joinThreads, type Shared, type StoreLink, shareThreads } from './store-link.ts'
import { Writer } from './writer.ts'

export interface SqliteStoreOptions {
  /** Made if it is not there, for its owner alone. One process at a time. */
  readonly folder: string
  /** Threads for `find`, `count` and `tail`; each starts when it is first needed. */
  readonly readers?: number
  /** Space held back in the folder, given up to what must be written when the disk is full. None by default. */
  readonly reserveBytes?: number
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
}

export interface SqliteStore extends Store {
  /** Groups and batches that the writer has put on the disk, as of its last answer. */
  readonly counts: Readonly<GroupCounts>
  /** The size of the write-ahead log, which the writer brings in when it is idle. */
  walBytes(): number
  /** For one more thread of this process; see joinSqliteStore. */
  share(): StoreLink
}

const defaultReaders = 2

/** Opens the records in a folder, brought to the schema's version. Throws `permanent` where the folder is in use, newer, or not as declared. */
export async function openSqliteStore(options: SqliteStoreOptions, schema: Schema): Promise<SqliteStore> {
  const tables = declared(schema)
  const folder = resolve(options.folder)
  makeOwnFolder(folder)
  const lock = lockFolder(folder)
  try {
    refuseHalfRestored(folder)
    removeSnapshots(folder)
    const file = join(folder, 'lading.db')
    prepare(file, schema)
    const { now = Date.now, reserveBytes = 0, readers = defaultReaders } = options
    const room = new QueueRoom()
    const writer = Writer.start({ file, schema, reserveBytes }, room)
    const shared = { file, reserveBytes, room, readers: Readers.start(file, readers), writer }
    return new FolderStore({ ...shared, tables, now, release: () => lock.release() })
  } catch (error) {
    lock.release()
    throw storeErrorOf(error)
  }
}

/** What was acknowledged last may stand in the log alone, and SQLite would empty it for a database that begins anew. */
function refuseLogAlone(file: string): void {
  const log = `${file}-wal`
  if (existsSync(file) || (statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  throw new StoreError(
    'permanent',
    `${file} is gone, and its log ${log} is there: bring the database back that it belongs to, or restore a backup; to begin anew, move the log away`,
  )
}

function prepare(file: string, schema: Schema): void {
  refuseLogAlone(file)
  makeOwnFile(file)
  const db = openForWriting(file)
  try {
    migrate(db, file, schema)
    syncPath(dirname(file))
  } finally {
    db.close()
  }
}

/**
 * The same records for another thread: reads by key on a connection of its own, all else by the threads that the opened
 * store has. To be closed before that. Throws `permanent` where the database cannot be opened.
 */
export function joinSqliteStore(link: StoreLink, schema: Schema, now: () => number = Date.now): Store {
  const room = new QueueRoom(queueLimits, link.room)
  const { file, reserveBytes } = link
  const { readers, writer, leave } = joinThreads(link, room)
  const shared = { file, reserveBytes, room, readers, writer }
  try {
    return new FolderStore({ ...shared, tables: declared(schema), now, release: leave })
  } catch (error) {
    throw storeErrorOf(error)
  }
}

interface Opened extends Shared {
  readonly tables: Declared
  readonly now: () => number
  readonly release: () => void
}

class FolderStore implements SqliteStore {
  readonly can: StoreCapabilities = { durable: true, shared: false, snapshot: true }
  readonly #file: string
  readonly #tables: Declared
  readonly #shared: Shared
  readonly #release: () => void
  readonly #now: () => number
  readonly #db: DatabaseSync
  readonly #statements: Statements
  readonly #readers: Readers
  readonly #writer: Writer
  readonly #reserveBytes: number
  readonly #links: GivenLink[] = []
  #closing: Promise<void> | undefined

  constructor({ tables, now, release, ...shared }: Opened) {
    this.#file = shared.file
    this.#shared = shared
    this.#tables = tables
    this.#now = now
    this.#db = openForReading(shared.file)
    this.#statements = new Statements(this.#db)
    this.#readers = shared.readers
    this.#writer = shared.writer
    this.#reserveBytes = shared.reserveBytes
    this.#release = release
  }

  get counts(): Readonly<GroupCounts> {
    return this.#writer.counts
  }

  /** Without what has to be held back again first. */
  async freeBytes(): Promise<number> {
    const folder = dirname(this.#file)
    const [{ bavail, bsize }, held] = await Promise.all([
      statfs(folder),
      stat(reserveFile(folder)).then(
        ({ size }) => size,
        () => 0,
      ),
    ])
    return Math.max(0, bavail * bsize - Math.max(0, this.#reserveBytes - held))
  }

  walBytes(): number {
    return statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  }

  async get<R extends Row>(table: Table<R>, key: Key | UniqueKey): Promise<Stored<R> | undefined> {
    return this.#read(this.#table(table.name), key)
  }

  async getMany<R extends Row>(table: Table<R>, keys: readonly Key[]): Promise<(Stored<R> | undefined)[]> {
    const known = this.#table(table.name)
    refuseTooManyKeys(keys)
    return keys.map((key) => this.#read<R>(known, key))
  }

  async getParts<R extends Row, C extends keyof R>(
    table: Table<R>,
    keys: readonly Key[],
    columns: readonly C[],
  ): Promise<(RowParts<R, C> | undefined)[]> {
    // Many rows lie apart, and may have to come from the disk.
    return await partsReading<R, C>(
      this.#table(table.name),
      keys,
      columns,
    )((sql, values) => this.#readers.rows(sql, values))
  }

  async find<R extends Row>(table: Table<R>, query: Find): Promise<Page<R>> {
    const { sql, values, answer } = pageReading<R>(this.#table(table.name), query)
    return answer(await this.#readers.rows(sql, values))
  }

  async count<R extends Row>(
    table: Table<R>,
    query: { readonly index: string; readonly eq?: readonly Value[]; readonly upTo: number },
  ): Promise<number> {
    const { sql, values, answer } = countReading(this.#table(table.name), query)
    return answer(await this.#readers.rows(sql, values))
  }

  async commit(id: BatchId, changes: readonly Change[], survives?: Survives): Promise<Outcome> {
    this.#refuseIfClosed()
    const now = this.#now()
    return this.#writer.commit(checkedBatch(this.#tables, id, changes, now, survives), now)
  }

  async tail<R extends Row>(
    log: Log<R>,
    after: Position | undefined,
    limit: number,
  ): Promise<{ readonly entries: { readonly at: Position; readonly row: R }[] }> {
    this.#refuseIfClosed()
    const { sql, values, answer } = tailReading<R>(
      tableNamed(this.#tables.logs, 'log', log.name),
      after,
      limit,
    )
    return answer(await this.#readers.rows(sql, values))
  }

  /** On the caller's thread, as what is read by key: a reader is to stand where the log ends when it asks. */
  async last(log: Log): Promise<Position | undefined> {
    this.#refuseIfClosed()
    const { sql, values, answer } = lastReading(tableNamed(this.#tables.logs, 'log', log.name))
    try {
      return answer(this.#statements.rows(sql, values))
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  snapshot(): Promise<Snapshot> {
    this.#refuseIfClosed()
    const [tables, now] = [this.#tables, this.#now]
    return takeSnapshot(this.#file, (shared, release) => new FolderStore({ ...shared, tables, now, release }))
  }

  share(): StoreLink {
    this.#refuseIfClosed()
    const given = shareThreads(this.#shared)
    this.#links.push(given)
    return given.link
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The writer's connection goes last: it brings the write-ahead log in and removes it. */
  async #close(): Promise<void> {
    for (const link of this.#links) link.cut()
    try {
      await this.#readers.close()
      this.#db.close()
      await this.#writer.close()
    } finally {
      this.#release()
    }
  }

  #read<R extends Row>(table: DeclaredTable, key: Key | UniqueKey): Stored<R> | undefined {
    const { sql, values, answer } = rowReading<R>(table, key)
    try {
      return answer(this.#statements.row(sql, values))
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  #table(name: string): DeclaredTable {
    this.#refuseIfClosed()
    return tableNamed(this.#tables.tables, 'table', name)
  }

  #refuseIfClosed(): void {
    if (this.#closing !== undefined) throw closedStore()
  }
}
