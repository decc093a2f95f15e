import { join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { BulkLoad } from '../../../ports/store/bulk-load.ts'
import type { Store } from '../../../ports/store/store.ts'
import type { Log, Row, Schema, Table } from '../../../ports/store/table.ts'
import { type Declared, declared } from '../shared/declared.ts'
import { BulkStore } from './bulk-store.ts'
import { openForWriting, storeErrorOf } from './connection.ts'
import { migrate, syncPath } from './migrate.ts'
import { makeOwnFile } from './own-file.ts'
import { makeOwnFolder } from './own-folder.ts'
import { lockFolder } from './process-lock.ts'
import { refuseHalfRestored } from './restore-mark.ts'
import { removeSnapshots } from './snapshot.ts'
import { createIndexSql, indexName, quoted } from './table-sql.ts'

export interface SqliteBulkLoadOptions {
  /** Made if it is not there, for its owner alone. Nobody else may have it open. */
  readonly folder: string
  /** Memory for pages of the database, and for sorting. */
  readonly cacheBytes?: number
  /** Milliseconds since 1970, against which the age of batch ids is told. */
  readonly now?: () => number
}

/** Keys that come in no order, as digests do, are put into trees whose pages should stay at hand. */
const defaultCacheBytes = 536_870_912

/**
 * Fills the records in a folder in one transaction, without the orders that would have to be kept with each row: they are
 * made at its end. The pages that it replaces stand in a journal beside the database, not in a write-ahead log, which would
 * get as large as the database itself; after a crash whoever opens the database next puts them back.
 * @throws StoreError `permanent` where the folder is in use, newer, or not as declared
 */
export async function openSqliteBulkLoad(options: SqliteBulkLoadOptions, schema: Schema): Promise<BulkLoad> {
  const tables = declared(schema)
  const folder = resolve(options.folder)
  makeOwnFolder(folder)
  const lock = lockFolder(folder)
  let db: DatabaseSync | undefined
  try {
    refuseHalfRestored(folder)
    removeSnapshots(folder)
    const file = join(folder, 'lading.db')
    makeOwnFile(file)
    db = openForWriting(file)
    migrate(db, file, schema)
    syncPath(folder)
    begin(db, tables, options.cacheBytes ?? defaultCacheBytes)
    return new Load(db, tables, { now: options.now ?? Date.now, release: () => lock.release() })
  } catch (error) {
    db?.close()
    lock.release()
    throw storeErrorOf(error)
  }
}

const bytesPerKib = 1024

/** What is sorted may be larger than memory. */
function begin(db: DatabaseSync, tables: Declared, cacheBytes: number): void {
  db.exec(`PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = FILE;
    PRAGMA cache_size = -${Math.ceil(cacheBytes / bytesPerKib)}`)
  db.exec('BEGIN EXCLUSIVE')
  for (const { table, index } of orders(tables)) db.exec(`DROP INDEX ${quoted(indexName(table, index))}`)
}

function* orders({ tables }: Declared): Generator<{ table: string; index: string; sql: string }> {
  for (const { name: table, indexes } of tables.values()) {
    for (const [index, columns] of indexes) {
      if (index !== 'key') yield { table, index, sql: createIndexSql(table, index, columns) }
    }
  }
}

class Load implements BulkLoad {
  readonly store: Store
  readonly #bulk: BulkStore
  readonly #db: DatabaseSync
  readonly #tables: Declared
  readonly #release: () => void
  #closed = false

  constructor(
    db: DatabaseSync,
    tables: Declared,
    { now, release }: { readonly now: () => number; readonly release: () => void },
  ) {
    this.#db = db
    this.#tables = tables
    this.#release = release
    this.#bulk = new BulkStore(db, tables, now)
    this.store = this.#bulk
  }

  insert<R extends Row>(table: Table<R>, row: R): void {
    this.#bulk.insert(table as unknown as Table, row)
  }

  append<R extends Row>(log: Log<R>, row: R): void {
    this.#bulk.append(log as unknown as Log, row)
  }

  async finish(): Promise<void> {
    try {
      this.#bulk.requireWhole()
      for (const { sql } of orders(this.#tables)) this.#db.exec(sql)
      this.#db.exec('COMMIT; PRAGMA journal_mode = WAL')
    } catch (error) {
      throw storeErrorOf(error)
    } finally {
      this.#close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
  }

  /** Closing takes back what is not committed. */
  #close(): void {
    if (this.#closed) return
    this.#closed = true
    void this.#bulk.close()
    try {
      this.#db.close()
    } finally {
      this.#release()
    }
  }
}
