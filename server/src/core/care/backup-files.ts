import type { Digest } from '../../domain/digest.ts'
import { digestAlgorithm } from '../../domain/digest.ts'
import { digestOfStream } from '../../domain/digest-of.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import type { Directory } from '../../ports/directory/directory.ts'
import type { Snapshot } from '../../ports/store/store.ts'
import { type BlobRow, blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Progress } from '../ledger/progress.ts'
import { atOnce } from './at-once.ts'
import { backupPathOf } from './backup-record.ts'
import { FileList } from './file-list.ts'
import type { Lost } from './lost.ts'
import { verified, WrongContent } from './verified-bytes.ts'

/** Their flushes go together. */
const copiesAtOnce = 4

export interface CopyRequest {
  readonly snapshot: Snapshot
  readonly to: Directory
  /** Read what is there already, instead of looking at its length. */
  readonly verify: boolean
}

export interface CopiedFiles {
  readonly list: FileList
  readonly copied: { files: number; bytes: number }
  /** Of those that were lost, how many the folder does not have from an earlier backup either. */
  readonly absent: number
}

/**
 * The files that the snapshot names. A name is never used twice, so one that is there with its length is that file.
 * One that is damaged is told, and the others still go.
 */
export async function copyFiles(
  core: Core,
  { snapshot, to, verify }: CopyRequest,
  lost: Lost,
  progress: Progress,
  signal: AbortSignal,
): Promise<CopiedFiles> {
  const list = new FileList()
  const copied = { files: 0, bytes: 0 }
  let [absent, done] = [0, 0]
  const rows = async function* (): AsyncGenerator<BlobRow> {
    for await (const row of eachRow(snapshot.reads, blobs)) {
      list.add(row)
      if (row.file !== '') yield row
    }
  }
  await atOnce(copiesAtOnce, rows(), async (row) => {
    signal.throwIfAborted()
    if (!(await isThere(to, row, verify, signal))) {
      const why = await copyFile(core, to, row, signal)
      if (why === undefined) {
        copied.files++
        copied.bytes += row.size
      } else {
        lost.tell(row.digest as Digest, why)
        if (!(await hasLength(to, row))) absent++
      }
    }
    progress({ phase: 'copying files', done: ++done, unit: 'files' })
  })
  return { list, copied, absent }
}

/** How many of the files that the snapshot names are not in the folder, or not with their length. */
export async function countMissing(
  { snapshot, to }: Pick<CopyRequest, 'snapshot' | 'to'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let [missing, done] = [0, 0]
  await atOnce(copiesAtOnce, eachRow(snapshot.reads, blobs), async (row) => {
    if (row.file === '') return
    signal.throwIfAborted()
    if (!(await hasLength(to, row))) missing++
    progress({ phase: 'looking again', done: ++done, unit: 'files' })
  })
  return missing
}

const hasLength = async (to: Directory, { file, size }: BlobRow): Promise<boolean> =>
  (await to.size(backupPathOf(file))) === size

async function isThere(to: Directory, row: BlobRow, verify: boolean, signal: AbortSignal): Promise<boolean> {
  if (!(await hasLength(to, row))) return false
  if (!verify) return true
  await using file = await to.open(backupPathOf(row.file), signal)
  if (file === undefined) return false
  const { digest } = await digestOfStream(file.bytes, digestAlgorithm(row.digest as Digest))
  return digest === row.digest
}

/** Why it could not be copied, where the fault lies with the file. */
async function copyFile(
  core: Core,
  to: Directory,
  row: BlobRow,
  signal: AbortSignal,
): Promise<string | undefined> {
  const digest = row.digest as Digest
  try {
    await using opened = await core.blobs.open(row.file as FileName, undefined, signal)
    if (opened === undefined) return 'its file is gone'
    if (opened.size !== row.size) return `its file has ${opened.size} bytes and not ${row.size}`
    await to.write(backupPathOf(row.file), row.size, verified(opened.bytes, digest), signal)
    return undefined
  } catch (error) {
    if (error instanceof WrongContent) return 'its bytes have changed'
    if (error instanceof BlobsError && (error.kind === 'permanent' || error.kind === 'name'))
      return `it cannot be read: ${error.message}`
    throw error
  }
}
