import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { crc32Of } from './crc32.ts'
import type { KnownFile } from './known-files.ts'
import { readObject } from './read-object.ts'
import type { S3State } from './s3-state.ts'
import { tailHead } from './tail-head.ts'
import type { Tail } from './tails.ts'

/** The end of a file, and whether it is certainly what this process has written. */
export interface KnownTail {
  readonly bytes: Uint8Array
  readonly own: boolean
}

export async function recallTail(
  state: S3State,
  {
    file,
    tail,
    known,
  }: { readonly file: FileName; readonly tail: Tail | undefined; readonly known: KnownFile | undefined },
  signal: AbortSignal,
): Promise<KnownTail> {
  if (known?.tail !== undefined) return { bytes: known.tail, own: true }
  const bytes = await readTail(state, { file, tail }, signal)
  return { bytes, own: known !== undefined && known.tailCrc32 === crc32Of(bytes) }
}

/** The bytes of a tail, which are fewer than a part. */
async function readTail(
  state: S3State,
  { file, tail }: { readonly file: FileName; readonly tail: Tail | undefined },
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (tail === undefined || tail.bytes === 0) return new Uint8Array(0)
  const { etag, bytes } = tail
  const whole = new Uint8Array(bytes)
  const source = { key: state.keys.tail(file), etag, start: tailHead, end: tailHead + bytes - 1 }
  let at = 0
  for await (const chunk of readObject(state, source, signal)) {
    whole.set(chunk, at)
    at += chunk.length
  }
  if (at !== bytes) throw new BlobsError('transient', `the end of the file ${file} came cut short`)
  return whole
}
