import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { headObject, incomplete, putObject, type SeenObject } from './objects.ts'
import { isConflict, onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'
import { tailHead } from './tail-head.ts'

/** What stands of a file that is not sealed: parts of a multipart upload, and bytes too few for one. One object, so that both change at once. */
export interface Tail {
  readonly etag: string
  /** The multipart upload; undefined: none was begun. */
  readonly upload: string | undefined
  /** Its parts that count: 1 to this one. Others may be left of a write that failed. */
  readonly parts: number
  /** Bytes in them: where the tail begins. */
  readonly offset: number
  /** Of the tail. */
  readonly bytes: number
}

export function lengthOf(tail: Tail | undefined): number {
  return tail === undefined ? 0 : tail.offset + tail.bytes
}

export async function lookAtTail(state: S3State, file: FileName): Promise<Tail | undefined> {
  const key = state.keys.tail(file)
  const seen = await headObject(state, key)
  return seen === undefined ? undefined : tailOf(seen, key)
}

export function tailOf({ etag, length, metadata }: SeenObject, key: string): Tail {
  const { 'lading-upload': upload, 'lading-parts': parts, 'lading-offset': offset } = metadata
  const tail = { etag, upload, parts: Number(parts), offset: Number(offset), bytes: length - tailHead }
  const numbers = [tail.parts, tail.offset, tail.bytes]
  if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 0))
    throw incomplete(`what stands of the file ${key}`)
  return tail
}

export interface NewTail {
  readonly upload: string | undefined
  readonly parts: number
  readonly offset: number
  /** Room for the head, then the bytes. */
  readonly body: Uint8Array
}

/**
 * Replaces what stood of the file, if it is still what the caller has seen: a write that comes late, of a process that gave
 * up on it, or of a second writer, changes nothing.
 * @throws BlobsError `transient` where it is not
 */
export async function replaceTail(
  state: S3State,
  file: FileName,
  { next, replaces }: { readonly next: NewTail; readonly replaces: Tail | undefined },
): Promise<Tail> {
  const { upload, parts, offset, body } = next
  const key = state.keys.tail(file)
  const chance = Buffer.from(state.random.bytes(tailHead))
  body.set(chance)
  const metadata = {
    ...(upload !== undefined && { 'lading-upload': upload }),
    'lading-parts': String(parts),
    'lading-offset': String(offset),
    'lading-write': chance.toString('hex'),
  }
  return await onS3(`writing the end of the file ${file}`, async () => {
    const made = (etag: string): Tail => ({ etag, upload, parts, offset, bytes: body.length - tailHead })
    try {
      return made(await putObject(state, { key, body, metadata, replaces: replaces?.etag }))
    } catch (error) {
      if (!isConflict(error) && !(replaces !== undefined && isGone(error))) throw error
      // The answer to a first try may have been lost, and the SDK's second one met what the first had written.
      const seen = await headObject(state, key)
      if (seen?.metadata['lading-write'] === metadata['lading-write']) return made(seen.etag)
      throw new BlobsError('transient', `another process has written to the file ${file}`, { cause: error })
    }
  })
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey'
}
