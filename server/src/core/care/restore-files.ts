import type { Digest } from '../../domain/digest.ts'
import type { Blobs, FileName } from '../../ports/blobs/blobs.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import type { DirectoryReader } from '../../ports/directory/directory.ts'
import { DirectoryError } from '../../ports/directory/errors.ts'
import type { BlobRow } from '../content/tables.ts'
import { backupPathOf } from './backup-record.ts'

/**
 * What became of one file: `kept` was there already, whole, from a restore that was interrupted. `nameless`: there can be
 * no file of that name.
 */
export type Restored = 'copied' | 'kept' | { readonly lost: string; readonly nameless?: true }

/** On return the file has its content, and survives a power cut; or there is none of that name. */
export async function restoreFile(
  from: DirectoryReader,
  blobs: Blobs,
  row: BlobRow,
  signal: AbortSignal,
): Promise<Restored> {
  const file = row.file as FileName
  const length = await lengthOf(blobs, file)
  if (length === undefined) return { lost: 'its record names what can be no file', nameless: true }
  if (length === row.size && length > 0 && (await isSealed(blobs, row, signal))) return 'kept'
  await blobs.remove(file)
  const lost = await copyFile(from, blobs, row, signal)
  if (lost === undefined && (await isSealed(blobs, row, signal))) return 'copied'
  await blobs.remove(file)
  return { lost: lost ?? 'its bytes have changed' }
}

/** undefined where the name is none. */
async function lengthOf(blobs: Blobs, file: FileName): Promise<number | undefined> {
  try {
    return await blobs.length(file)
  } catch (error) {
    if (error instanceof BlobsError && error.kind === 'name') return undefined
    throw error
  }
}

/** Why it could not be copied, where the fault lies with the backup's file. */
async function copyFile(
  from: DirectoryReader,
  blobs: Blobs,
  row: BlobRow,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await using source = await from.open(backupPathOf(row.file), signal)
    if (source === undefined) return 'the backup has no such file'
    if (source.size !== row.size) return `the backup's file has ${source.size} bytes and not ${row.size}`
    await blobs.append(row.file as FileName, 0, source.bytes, signal)
    return undefined
  } catch (error) {
    if (error instanceof DirectoryError && (error.kind === 'permanent' || error.kind === 'path')) {
      return `the backup's file cannot be read: ${error.message}`
    }
    throw error
  }
}

/** Reads and flushes it. */
async function isSealed(blobs: Blobs, row: BlobRow, signal: AbortSignal): Promise<boolean> {
  try {
    await blobs.seal(row.file as FileName, row.digest as Digest, signal)
    return true
  } catch (error) {
    if (error instanceof BlobsError && error.kind === 'digest') return false
    throw error
  }
}
