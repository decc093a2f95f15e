import type { Digest } from '../../../domain/digest.ts'
import type { ByteRange, FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

/** @throws BlobsError `sealed` */
export function assertUnsealed(file: FileName, sealed: boolean): void {
  if (sealed) throw new BlobsError('sealed', `the file ${file} is sealed and takes no more bytes`)
}

/** @throws BlobsError `offset` */
export function assertOffset(file: FileName, offset: number, length: number): void {
  if (offset === length) return
  throw new BlobsError('offset', `the file ${file} has ${length} bytes; it cannot be continued at ${offset}`)
}

/** A range is resolved against the size before it comes here: one outside means that the file is not what its row says. */
export function assertRange(file: FileName, range: ByteRange | undefined, size: number): void {
  if (range === undefined) return
  if (range.start >= 0 && range.start <= range.end && range.end < size) return
  throw new BlobsError(
    'permanent',
    `the file ${file} has ${size} bytes; ${range.start} to ${range.end} is not in it`,
  )
}

export function digestMismatch(file: FileName, want: Digest, actualHex: string): BlobsError {
  return new BlobsError(
    'digest',
    `the file ${file} does not have the digest ${want}; its hex form is ${actualHex}`,
  )
}
