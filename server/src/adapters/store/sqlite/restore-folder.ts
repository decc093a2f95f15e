import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Restoration, StoreRestore } from '../../../ports/store/restore.ts'
import type { Store } from '../../../ports/store/store.ts'
import type { Schema } from '../../../ports/store/table.ts'
import { storeErrorOf } from './connection.ts'
import { syncPath } from './migrate.ts'
import { fileMode } from './own-file.ts'
import { makeOwnFolder } from './own-folder.ts'
import { lockFolder, type ProcessLock } from './process-lock.ts'
import { isHalfRestored, markHalfRestored, markName, stagingOf } from './restore-mark.ts'
import { sqliteFormat } from './snapshot.ts'
import { openSqliteStore } from './sqlite-store.ts'

export interface RestoreOptions {
  /** The data folder. Made if it is not there. */
  readonly folder: string
  /** Whether content of a registry is there, in whatever keeps it. Asked where no restore was begun. Nothing by default. */
  readonly holdsContent?: () => Promise<boolean>
  readonly now?: () => number
}

/** Puts a database back into a data folder that has none. */
export function openSqliteRestore(options: RestoreOptions, schema: Schema): StoreRestore {
  return {
    format: sqliteFormat,
    begin: async () => {
      const folder = resolve(options.folder)
      makeOwnFolder(folder)
      refuseOthers(folder)
      const lock = lockFolder(folder)
      try {
        if (!isHalfRestored(folder)) await refuseTaken(folder, options)
        mark(folder)
        return new FolderRestoration(folder, lock, (staging) =>
          openSqliteStore({ ...options, folder: staging, readers: 1 }, schema),
        )
      } catch (error) {
        lock.release()
        throw error
      }
    },
  }
}

const database = 'lading.db'
const log = `${database}-wal`
/** Where artifacts are found with: made anew from the records. */
const index = 'search'
const beside = [log, `${database}-shm`]

const ofRegistry: ReadonlySet<string> = new Set([
  'blobs',
  'restoring',
  'reserve',
  index,
  'admin.sock',
  'asked',
])
/** What a file system makes at its root. */
const ofFileSystem = 'lost+found'

/** Throws `permanent` where somebody's own files are: a mistyped folder is not made into that of a registry. */
function refuseOthers(folder: string): void {
  const other = readdirSync(folder).find(
    (name) => !ofRegistry.has(name) && !/^(lading|lock)\.db/.test(name) && name !== ofFileSystem,
  )
  if (other === undefined) return
  throw new StoreError(
    'permanent',
    `the folder ${folder} has ${JSON.stringify(other)}, which is of no registry: restore into a new or an empty folder`,
  )
}

/** Throws `permanent` where something of a registry is there, and what `holdsContent` throws. */
async function refuseTaken(folder: string, { holdsContent }: RestoreOptions): Promise<void> {
  refuseRecords(folder)
  const staging = stagingOf(folder)
  if (existsSync(staging) && stagedIn(staging).length > 0) {
    throw taken(folder, `has a folder ${staging} that no restore has left there`)
  }
  if ((await holdsContent?.()) !== true) return
  throw taken(folder, 'holds content of a registry whose records are not there')
}

function refuseRecords(folder: string): void {
  if (existsSync(join(folder, database))) throw taken(folder, 'holds a registry already')
  // What a killed server has acknowledged last may be in its log alone.
  if (!existsSync(join(folder, log))) return
  const left = beside.filter((name) => existsSync(join(folder, name)))
  throw taken(
    folder,
    `has no ${database} but its ${left.join(' and ')}, which may hold changes that it lacks`,
  )
}

/** All but the mark, which a crash must leave. */
function stagedIn(staging: string): string[] {
  return readdirSync(staging).filter((name) => name !== markName)
}

function mark(folder: string): void {
  try {
    markHalfRestored(folder)
    // A write-ahead log without its database would be taken for that of the new one.
    for (const name of beside) rmSync(join(folder, name), { force: true })
    // An index of what was there before would be taken for one of what is put back.
    rmSync(join(folder, index), { recursive: true, force: true })
  } catch (error) {
    throw storeErrorOf(error)
  }
}

function taken(folder: string, why: string): StoreError {
  return new StoreError(
    'permanent',
    `the data folder ${folder} ${why}: restore into another folder, or move the whole folder away if it is not wanted any more`,
  )
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
    const staging = stagingOf(this.#folder)
    for (const name of stagedIn(staging)) rmSync(join(staging, name), { recursive: true })
    syncPath(staging)
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
    const staging = stagingOf(this.#folder)
    if (existsSync(join(staging, log))) {
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
  const handle = await open(path, 'wx', fileMode)
  try {
    for await (const chunk of bytes) await handle.writeFile(chunk)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
