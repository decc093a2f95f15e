import type { Digest } from '../../domain/digest.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { DirectoryReader, OpenedFile } from '../../ports/directory/directory.ts'
import type { Random } from '../../ports/random/random.ts'
import { insert, patch, put, remove } from '../../ports/store/change.ts'
import type { StoreRestore } from '../../ports/store/restore.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import { pullsCounted } from '../catalog/pull-counting.ts'
import { type BlobRow, blobs, files as fileRows, marks } from '../content/tables.ts'
import { eachRow } from '../ledger/each-row.ts'
import { Ledger } from '../ledger/ledger.ts'
import { defaultLimits } from '../ledger/limits.ts'
import type { Progress } from '../ledger/progress.ts'
import { atOnce } from './at-once.ts'
import { type BackupRecord, readBackupRecord, refusedBackup } from './backup-record.ts'
import { FileList } from './file-list.ts'
import { forgetMoment } from './forget-moment.ts'
import { Lost, type LostContent } from './lost.ts'
import { restoreFile } from './restore-files.ts'
import { verified, WrongContent } from './verified-bytes.ts'

/** What a restore works with: there is no registry yet. */
export interface RestoreRequest {
  readonly from: DirectoryReader
  readonly store: StoreRestore
  /** Called once, when the place of the records is this restore's own. Closed by it. */
  openBlobs(): Promise<Blobs>
  /** Of this release. */
  readonly schemaVersion: number
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
}

export interface RestoreReport {
  /** When the backup was made, ms since 1970, and by which release. */
  readonly createdAt: number
  readonly release: string
  readonly files: number
  readonly bytes: number
  /** Whole already, from a restore that was interrupted. */
  readonly keptFiles: number
  /** Uploads that were not finished at that moment, and begin anew. */
  readonly endedUploads: number
  /** Content that the backup does not have whole: how much, and the first of it. The next push of it mends it. */
  readonly damagedFiles: number
  readonly damaged: readonly LostContent[]
  readonly sound: boolean
}

const copiesAtOnce = 4

/**
 * Puts a backup where no registry is. Until it has ended well, nothing opens what is there; another restore begins anew,
 * and keeps files that are whole.
 * @throws RegistryError `parameter-invalid` for what is no whole backup, or not one that this release can use; StoreError
 *   `permanent` where a registry stands already
 */
export async function restore(
  request: RestoreRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const { from, store } = request
  const record = await usableRecord(request, signal)
  await using source = await openRecords(from, record, signal)
  await using restoration = await store.begin()
  progress({ phase: 'restoring records', done: 0, of: source.size, unit: 'bytes' })
  const staged = await restoration.stage(verifiedRecords(source, record))
  const files = await request.openBlobs()
  try {
    const lost = new Lost()
    const ledger = ledgerOn(staged, request)
    const restored = await restoreFiles(request, { record, staged, ledger, files, lost }, progress, signal)
    const endedUploads = await forgetMoment(staged, ledger)
    await countPullsAnew(staged, ledger, request.clock)
    signal.throwIfAborted()
    await restoration.finish()
    return {
      createdAt: record.createdAt,
      release: record.release,
      files: record.files.count,
      bytes: record.files.bytes,
      keptFiles: restored.kept,
      endedUploads,
      damagedFiles: lost.count,
      damaged: lost.first,
      sound: lost.count === 0,
    }
  } finally {
    await files.close()
  }
}

async function usableRecord(
  { from, store, schemaVersion }: RestoreRequest,
  signal: AbortSignal,
): Promise<BackupRecord> {
  const record = await readBackupRecord(from, signal)
  if (record === undefined) {
    throw refusedBackup('it has no backup.json, which a backup is given when it is whole')
  }
  if (record.schemaVersion > schemaVersion) {
    throw refusedBackup(
      `its records are of version ${record.schemaVersion}, and this release of Lading knows versions up to ${schemaVersion}: restore it with release ${record.release} or a newer one`,
    )
  }
  if (record.records.format !== store.format) {
    throw refusedBackup(wayFor(record.records.format, store.format))
  }
  return record
}

/** Records go back into what they were read from; from there a copy brings them anywhere. */
function wayFor(own: string, wanted: string): string {
  const [from, first] = own === 'sqlite' ? ['SQLite', 'a data folder (--data)'] : wayOfServer
  return `its records are of ${from} (${own}), and do not go into a store of another kind (${wanted}): restore it into ${first}, and bring it here from there with \`lading copy\``
}

const wayOfServer = [
  'PostgreSQL',
  'an empty PostgreSQL database, which store.url of a file for --config names',
]

async function openRecords(
  from: DirectoryReader,
  { records }: BackupRecord,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const source = await from.open(records.file, signal)
  if (source?.size === records.size) return source
  await source?.[Symbol.asyncDispose]()
  throw refusedBackup(
    source === undefined
      ? `${records.file} is missing`
      : `${records.file} has ${source.size} bytes and not ${records.size}`,
  )
}

async function* verifiedRecords(
  source: OpenedFile,
  { records }: BackupRecord,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* verified(source.bytes, records.digest)
  } catch (error) {
    throw error instanceof WrongContent ? refusedBackup(`${records.file} has changed since`) : error
  }
}

interface Work {
  readonly record: BackupRecord
  readonly staged: Store
  readonly ledger: Ledger
  readonly files: Blobs
  readonly lost: Lost
}

async function restoreFiles(
  { from, clock }: RestoreRequest,
  work: Work,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ kept: number }> {
  const { record, staged, files, lost } = work
  const list = new FileList()
  let [kept, done] = [0, 0]
  const rows = async function* (): AsyncGenerator<BlobRow> {
    for await (const row of eachRow(staged, blobs)) {
      list.add(row)
      if (row.file !== '') yield row
    }
  }
  await atOnce(copiesAtOnce, rows(), async (row) => {
    signal.throwIfAborted()
    const restored = await restoreFile(from, files, row, signal)
    if (restored === 'kept') kept++
    else if (restored !== 'copied') {
      lost.tell(row.digest as Digest, restored.lost)
      if (restored.nameless === true) await quarantineRenamed(work, clock, row)
      else await quarantine(work.ledger, clock, row)
    }
    progress({ phase: 'restoring files', done: ++done, of: record.files.count, unit: 'files' })
  })
  if (list.digest() !== record.files.list) {
    throw refusedBackup('its records and its list of files are not of one backup')
  }
  return { kept }
}

/** It is not given out, and the next push of it takes its place. */
async function quarantine(ledger: Ledger, clock: Clock, row: BlobRow): Promise<void> {
  if (row.damagedAt !== 0) return
  await ledger.keep(async () => ({
    value: undefined,
    changes: [patch(blobs, [row.digest], { set: { damagedAt: damagedSince(row, clock) } })],
  }))
}

/** The same; the next push sends the old file to the trash, which wants a name that can be one. */
async function quarantineRenamed(
  { ledger, staged, files }: Work,
  clock: Clock,
  { file, ...row }: BlobRow,
): Promise<void> {
  const name = files.name()
  await ledger.keep(async () => {
    const owned = await staged.get(fileRows, [file])
    return {
      value: undefined,
      changes: [
        patch(blobs, [row.digest], { set: { file: name, damagedAt: damagedSince(row, clock) } }),
        insert(fileRows, { file: name, state: 'blob', until: 0 }),
        ...(owned === undefined ? [] : [remove(fileRows, [file], { rev: owned.rev })]),
      ],
    }
  })
}

function damagedSince({ damagedAt }: Pick<BlobRow, 'damagedAt'>, clock: Clock): number {
  return damagedAt === 0 ? Math.max(1, clock.now()) : damagedAt
}

/** What was pulled since the backup is not known, and nothing may go for not having been pulled meanwhile. */
async function countPullsAnew(store: Store, ledger: Ledger, clock: Clock): Promise<void> {
  await ledger.keep(async () => {
    const row = { name: pullsCounted, at: clock.now() }
    const known = await store.get(marks, [pullsCounted])
    return {
      value: undefined,
      changes: [known === undefined ? insert(marks, row) : put(marks, row, known.rev)],
    }
  })
}

/** Nothing here is a user's change: no jobs, no events. */
function ledgerOn(store: Store, { clock, random, telemetry }: RestoreRequest): Ledger {
  return new Ledger({
    store,
    clock,
    random,
    journal: { enqueue: () => [], wake: () => {} },
    telemetry,
    published: () => {},
    commitRetries: defaultLimits.commitRetries,
  })
}
