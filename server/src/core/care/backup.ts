import { createHash } from 'node:crypto'
import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Directory } from '../../ports/directory/directory.ts'
import type { Snapshot } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { copyFiles, countMissing } from './backup-files.ts'
import {
  type BackupRecord,
  isOfBackup,
  readBackupRecord,
  recordsFileOf,
  refusedBackup,
  writeBackupRecord,
} from './backup-record.ts'
import { FolderClaim } from './folder-claim.ts'
import { whileHolding } from './hold.ts'
import { Lost, type LostContent } from './lost.ts'
import { registryId } from './registry-id.ts'
import { type TidyRequest, tidyBackup } from './tidy-backup.ts'
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
 * @throws RegistryError `parameter-invalid` where the folder has something else, or a backup of another registry;
 *   `unavailable` where the registry could not keep the files for so long, or another backup into the folder came between;
 *   `unsupported`; DirectoryError, StoreError
 */
export async function backup(
  core: Core,
  request: BackupRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<BackupReport> {
  const { to } = request
  const registry = await registryId(core)
  await refuseOthers(to, registry, signal)
  return await whileHolding(core, 'backup', signal, async (hold) => {
    await using claim = await FolderClaim.make(core, to, hold.signal)
    // Another registry may have ended its first backup before it could see the claim.
    await refuseOthers(to, registry, hold.signal)
    progress({ phase: 'copying records', done: 0, unit: 'bytes' })
    const createdAt = core.clock.now()
    await using snapshot = await snapshotOf(core)
    const lost = new Lost()
    const { list, copied, absent } = await copyFiles(
      core,
      { snapshot, to, verify: request.verify ?? false },
      lost,
      progress,
      hold.signal,
    )
    const record: BackupRecord = {
      format: 1,
      registry,
      release: request.release,
      createdAt,
      schemaVersion: request.schemaVersion,
      records: await copyRecords(core, snapshot, to, createdAt, hold.signal),
      files: { count: list.count, bytes: list.bytes, list: list.digest(), damaged: lost.count },
    }
    const written: Written = { snapshot, to, record, claim, absent }
    await refuseIncomplete(written, progress, hold.signal)
    // Until now, nothing that the snapshot names can have gone.
    await hold.renew()
    const allowed = async (): Promise<void> => {
      await refuseOthers(to, registry, hold.signal)
      if (!(await claim.stands(hold.signal))) throw interfered()
    }
    await writeBackupRecord(to, record, allowed, hold.signal)
    await to.finish()
    await refuseReplaced(written, hold.signal)
    const removedFiles = await tidyBackup(written, progress, hold.signal)
    if (!(await claim.stands(hold.signal))) {
      await refuseReplaced(written, hold.signal)
      await refuseIncomplete(written, progress, hold.signal)
    }
    return {
      createdAt,
      files: list.count,
      bytes: list.bytes,
      copied,
      removedFiles,
      recordBytes: record.records.size,
      damagedFiles: lost.count,
      damaged: lost.first,
      sound: lost.count === 0,
    }
  })
}

/** Somebody's own files, and the backup of another registry, are neither mixed with this one nor tidied away by it. */
async function refuseOthers(to: Directory, registry: Digest, signal: AbortSignal): Promise<void> {
  const foreign = (await to.list('')).find(({ name }) => !isOfBackup(name))
  if (foreign !== undefined) {
    throw refusedBackup(
      `the folder has ${JSON.stringify(foreign.name)}, which is no part of one: name an empty folder`,
    )
  }
  const earlier = await readBackupRecord(to, signal)
  if (earlier === undefined || earlier.registry === registry) return
  throw refusedBackup(
    `the folder has the backup of another registry, as of ${new Date(earlier.createdAt).toISOString()}: name another folder, and see that the data folder is the one you mean`,
  )
}

interface Written extends TidyRequest {
  /** Files that could not be had at all. */
  readonly absent: number
}

/** What a record names must be there when it gets its name, whoever else has been at work in the folder. */
async function refuseIncomplete(
  { snapshot, to, record: { records }, absent }: Written,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const missing = await countMissing({ snapshot, to }, progress, signal)
  if (missing > absent || (await to.size(records.file)) !== records.size) throw interfered()
}

/** What is reported is the backup that the folder has. */
async function refuseReplaced({ to, record }: Written, signal: AbortSignal): Promise<void> {
  const named = await readBackupRecord(to, signal)
  if (named?.records.file !== record.records.file) throw interfered()
}

function interfered(): RegistryError<'unavailable'> {
  return new RegistryError('unavailable', {
    reason:
      'files of this backup went while it was made, or another one began in the same folder: let one end before the next begins',
    retryAfterMs: 60_000,
  })
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
