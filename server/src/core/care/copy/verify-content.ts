import { type Digest, digestAlgorithm } from '../../../domain/digest.ts'
import { digestOf, digestOfStream } from '../../../domain/digest-of.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { batchIdTime } from '../../../ports/store/batch-id.ts'
import type { Stored } from '../../../ports/store/store.ts'
import type { Table } from '../../../ports/store/table.ts'
import { type BlobRow, blobs } from '../../content/tables.ts'
import { atOnce } from '../at-once.ts'
import type { CopyRun } from './copy-run.ts'
import { rowsByKey } from './merge-rows.ts'

export interface Verified {
  /** Files that the target's blobs name, and their bytes; those that are known to be damaged are not among them. */
  readonly files: number
  readonly bytes: number
}

/**
 * Reads every blob of the target, but for files whose bytes this run has verified where they are, or one before it that has
 * kept the target open, and notes those that are not sound.
 */
export async function verifyContent(run: CopyRun): Promise<Verified> {
  const { target, bounds, content, signal, progress } = run
  const seen = { files: 0, bytes: 0 }
  let done = 0
  await atOnce(bounds.filesAtOnce, rowsByKey(target.store, table, bounds.rowsPerPage), async (found) => {
    signal.throwIfAborted()
    const row = found as unknown as BlobRow
    if (row.damagedAt !== 0) return
    if (row.file !== '') {
      seen.files++
      seen.bytes += row.size
    }
    const isSound = content.verified.has(row.digest) || wasVerified(run, found) || (await isWhole(run, row))
    if (!isSound && row.file === '') missRow(run, row)
    else if (!isSound) content.unsound.add(row.digest)
    else if (row.file !== '' && content.verified.size < bounds.filesRemembered)
      content.verified.add(row.digest)
    done += row.size
    progress({ phase: 'reading again', done, unit: 'bytes' })
  })
  return seen
}

/** A row that bytes are named in is no further than they are. */
function wasVerified({ claim }: CopyRun, { file, rev }: Stored): boolean {
  return file !== '' && batchIdTime(rev) <= claim.verifiedAt
}

/** What stands in a row is what the source has there: the damage is its. */
function missRow({ content }: CopyRun, { digest, file }: BlobRow): void {
  if (!content.missed.has(digest)) content.lost.tell(digest as Digest, 'its bytes have changed')
  content.missed.set(digest, file)
}

const table = blobs as unknown as Table

async function isWhole({ target, signal }: CopyRun, row: BlobRow): Promise<boolean> {
  const digest = row.digest as Digest
  if (row.bytes !== null) return digestOf(row.bytes, digestAlgorithm(digest)) === digest
  await using opened = await target.blobs.open(row.file as FileName, undefined, signal)
  if (opened === undefined || opened.size !== row.size) return false
  return (await digestOfStream(opened.bytes, digestAlgorithm(digest))).digest === digest
}
