import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Restoration, StoreRestore } from '../../../ports/store/restore.ts'
import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import { storeErrorOf } from './connection.ts'
import { syncPath } from './migrate.ts'
import { lockFolder, type ProcessLock } from './process-lock.ts'
import { halfRestored } from './restore-mark.ts'
import { sqliteFormat } from './snapshot.ts'
import { openSqliteStore } from './sqlite-store.ts'

export interface RestoreOptions {
  /** The data folder. Made if it is not there. */
  readonly folder: string
  readonly now?: () => number
}

/** Puts a database back into a data folder that has none. */
export function openSqliteRestore(options: RestoreOptions, schema: Schema): StoreRestore {
  return {
    format: sqliteFormat,
    begin: async () => {
      const folder = resolve(options.folder)
      const made = mkdirSync(folder, { recursive: true })
      if (made !== undefined) syncPath(dirname(made))
      const lock = lockFolder(folder)
      try {
        prepare(folder)
        return new FolderRestoration(folder, lock, (staging) =>
          openSqliteStore({ ...options, folder: staging, readers: 1 }, schema),
        )
      } catch (error) {
        lock.release()
        throw storeErrorOf(error)
      }
    },
  }
}

const database = 'lading.db'

function prepare(folder: string): void {
  const mark = halfRestored(folder)
  if (existsSync(join(folder, database)) && !existsSync(mark)) {
    throw new StoreError(
      'permanent',
      `the data folder ${folder} holds a registry already: restore into an empty folder, or move ${database} away if it is not wanted any more`,
    )
  }
  mkdirSync(mark, { recursive: true })
  syncPath(folder)
  // A write-ahead log without its database would be taken for that of the new one.
  for (const suffix of ['-wal', '-shm']) rmSync(join(folder, `${database}${suffix}`), { force: true })
}

class FolderRestoration implements Restoration {
  readonly #folder: string
  readonly #lock: ProcessLock
  readonly #open: (staging: string) => Promise<Store>
  #staged: Store | undefined

  constructor(folder: string, lock: ProcessLock, open: (staging: string) => Promise<Store>) {
    this.#folder = folder
    this.#lock = lock
    this.#open = open
  }

  async stage(bytes: AsyncIterable<Uint8Array>): Promise<Store> {
    const staging = halfRestored(this.#folder)
    rmSync(staging, { recursive: true })
    mkdirSync(staging)
    syncPath(this.#folder)
    await writeFile(join(staging, database), bytes).catch((error: unknown) => {
      throw storeErrorOf(error)
    })
    this.#staged = await this.#open(staging)
    return this.#staged
  }

  /** The mark goes last: a crash in between is an interrupted restore, and the next one begins anew. */
  async finish(): Promise<void> {
    if (this.#staged === undefined) throw new StoreError('permanent', 'nothing was staged')
    await this.#staged.close()
    const staging = halfRestored(this.#folder)
    if (existsSync(join(staging, `${database}-wal`))) {
      throw new StoreError('transient', 'the restored database was not closed to its end')
    }
    try {
      syncPath(join(staging, database))
      renameSync(join(staging, database), join(this.#folder, database))
      syncPath(this.#folder)
      rmSync(staging, { recursive: true })
      syncPath(this.#folder)
    } catch (error) {
      throw storeErrorOf(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staged?.close()
    this.#lock.release()
  }
}

async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'wx', 0o644)
  try {
    for await (const chunk of bytes) await handle.writeFile(chunk)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
