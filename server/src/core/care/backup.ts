import { createHash } from 'node:crypto'
import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Directory } from '../../ports/directory/directory.ts'
import type { Snapshot } from '../../ports/store/store.ts'
import { files } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { copyFiles } from './backup-files.ts'
import {
  type BackupRecord,
  backupPathOf,
  filesFolder,
  isOfBackup,
  isRecords,
  readBackupRecord,
  recordsFileOf,
  refusedBackup,
  writeBackupRecord,
} from './backup-record.ts'
import { whileHolding } from './hold.ts'
import { Lost, type LostContent } from './lost.ts'
import { hashedBy } from './verified-bytes.ts'

/** What an operator says. */
export interface BackupOptions {
  readonly folder: string
  /** Files that the folder has already are read and compared, where otherwise their length is. */
  readonly verify?: boolean
}

export interface BackupRequest extends Omit<BackupOptions, 'folder'> {
  /** Empty, or an earlier backup, which is brought up to date. */
  readonly to: Directory
  /** Of Lading. */
  readonly release: string
  readonly schemaVersion: number
}

export interface BackupReport {
  /** ms since 1970: everything acknowledged before is in it. */
  readonly createdAt: number
  /** Files and bytes of content that the backup has, or should have: `damaged` ones may be missing. */
  readonly files: number
  readonly bytes: number
  /** Those that were not there already. */
  readonly copied: { readonly files: number; readonly bytes: number }
  /** Of an earlier backup, and not needed any more. */
  readonly removedFiles: number
  /** Of the records, small content included. */
  readonly recordBytes: number
  /** Content that is damaged where it comes from: how much, and the first of it. The backup is good for all else. */
  readonly damagedFiles: number
  readonly damaged: readonly LostContent[]
  readonly sound: boolean
}

/**
 * Copies one state of a registry while it serves: everything acknowledged before the call, and of later changes all or
 * nothing. A folder that has an earlier backup has that one until this is whole.
 * @throws RegistryError `parameter-invalid` where something else is in the folder, `unavailable` where the registry could
 *   not keep the files for so long, `unsupported`; DirectoryError, StoreError
 */
export async function backup(
  core: Core,
  request: BackupRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<BackupReport> {
  const { to } = request
  await refuseOthers(to)
  await readBackupRecord(to, signal)
  return await whileHolding(core, 'backup', signal, async (hold) => {
    progress({ phase: 'copying records', done: 0, unit: 'bytes' })
    const createdAt = core.clock.now()
    await using snapshot = await snapshotOf(core)
    const lost = new Lost()
    const { list, copied } = await copyFiles(
      core,
      { snapshot, to, verify: request.verify ?? false },
      lost,
      progress,
      hold.signal,
    )
    const records = await copyRecords(core, snapshot, to, createdAt, hold.signal)
    // Until now, nothing that the snapshot names can have gone.
    await hold.renew()
    const record: BackupRecord = {
      format: 1,
      release: request.release,
      createdAt,
      schemaVersion: request.schemaVersion,
      records,
      files: { count: list.count, bytes: list.bytes, list: list.digest(), damaged: lost.count },
    }
    await writeBackupRecord(to, record, hold.signal)
    await to.finish()
    const removedFiles = await removeOthers(snapshot, to, record, progress, hold.signal)
    return {
      createdAt,
      files: list.count,
      bytes: list.bytes,
      copied,
      removedFiles,
      recordBytes: records.size,
      damagedFiles: lost.count,
      damaged: lost.first,
      sound: lost.count === 0,
    }
  })
}

/** Somebody's own files are neither mixed with a backup nor tidied away by it. */
async function refuseOthers(to: Directory): Promise<void> {
  const foreign = (await to.list('')).find(({ name }) => !isOfBackup(name))
  if (foreign === undefined) return
  throw refusedBackup(
    `the folder has ${JSON.stringify(foreign.name)}, which is no part of one: name an empty folder`,
  )
}

async function snapshotOf({ store }: Core): Promise<Snapshot> {
  if (store.snapshot === undefined) throw new RegistryError('unsupported', { what: 'a backup of this store' })
  return await store.snapshot()
}

/** Under a name of its own: the record of an earlier backup still names an earlier one. */
async function copyRecords(
  core: Core,
  snapshot: Snapshot,
  to: Directory,
  createdAt: number,
  signal: AbortSignal,
): Promise<BackupRecord['records']> {
  const { format, size } = snapshot
  const hash = createHash('sha256')
  const file = recordsFileOf(createdAt, Buffer.from(core.random.bytes(4)).toString('hex'), format)
  await to.write(file, size, hashedBy(hash, snapshot.bytes()), signal)
  return { format, file, size, digest: `sha256:${hash.digest('hex')}` as Digest }
}

/** What only earlier backups named, and what interrupted ones have left. Answers how many files of content went. */
async function removeOthers(
  snapshot: Snapshot,
  to: Directory,
  { records }: BackupRecord,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0
  let seen = 0
  for (const shard of await to.list(filesFolder)) {
    if (shard.kind !== 'folder') continue
    const path = `${filesFolder}/${shard.name}`
    const names = (await to.list(path)).filter(({ kind }) => kind === 'file').map(({ name }) => name)
    for (const name of await unnamed(snapshot, names, path)) {
      signal.throwIfAborted()
      await to.remove(`${path}/${name}`)
      removed++
    }
    seen += names.length
    progress({ phase: 'tidying up', done: seen, unit: 'files' })
  }
  for (const { name } of await to.list('')) {
    if (isOfBackup(name) && name !== records.file && (isRecords(name) || name.startsWith('backup.json.'))) {
      await to.remove(name)
    }
  }
  return removed
}

const keysAtOnce = 1000

/** Names in a shard that no blob of the snapshot has. */
async function unnamed(
  snapshot: Snapshot,
  names: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  const without: string[] = []
  for (let at = 0; at < names.length; at += keysAtOnce) {
    const some = names.slice(at, at + keysAtOnce)
    const rows = await snapshot.reads.getMany(
      files,
      some.map((name) => [name]),
    )
    without.push(
      ...some.filter((name, n) => rows[n]?.state !== 'blob' || backupPathOf(name) !== `${folder}/${name}`),
    )
  }
  return without
}
