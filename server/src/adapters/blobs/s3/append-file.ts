import type { FileName } from '../../../ports/blobs/blobs.ts'
import type { LiveHash } from '../shared/live-hash.ts'
import { assertOffset, assertUnsealed } from '../shared/refusals.ts'
import type { KnownFile } from './known-files.ts'
import { headObject } from './objects.ts'
import { PartWriter } from './part-writer.ts'
import { recallTail } from './read-tail.ts'
import { requireBucket } from './require-bucket.ts'
import type { S3State } from './s3-state.ts'
import type { Beginning } from './sent-parts.ts'
import { lengthOf, lookAtTail, type Tail } from './tails.ts'

export interface Append {
  readonly file: FileName
  readonly offset: number
  /** Ends or throws on abort; its own errors are passed on as they are. */
  readonly body: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** Answers, or throws, only when the last write has returned. What is acknowledged stands in S3: another process goes on from there. */
export async function appendFile(state: S3State, append: Append): Promise<{ readonly length: number }> {
  const { file, body, signal } = append
  const from = await begin(state, append)
  const writer = new PartWriter(state, from, signal)
  state.underWay.set(file, writer)
  try {
    const ended = await feed(writer, body)
    const tail = await finish(writer, from.hash)
    // Also after the body failed: what came before is kept, and its hash is still that of the whole file.
    state.hashes.keep(file, from.hash)
    if (ended.failed) throw ended.error
    return { length: lengthOf(tail) }
  } finally {
    state.underWay.delete(file)
  }
}

async function begin(state: S3State, { file, offset, signal }: Append): Promise<Beginning> {
  const tail = await standing(state, file)
  if (tail === undefined && offset > 0) await requireBucket(state)
  assertOffset(file, offset, lengthOf(tail))
  const known = state.known.take(file, tail?.etag)
  const { bytes, own } = await recallTail(state, { file, tail, known }, signal)
  // A hash is good only of bytes that no other process has touched.
  if (!own) state.hashes.forget(file)
  const hash = state.hashes.take(file, offset)
  return { file, tail, bytes, parts: partsOf(known, tail), hash }
}

/** Where S3 fails instead of the body, `finish` throws the same again. */
async function feed(
  writer: PartWriter,
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly failed: false } | { readonly failed: true; readonly error: unknown }> {
  try {
    for await (const chunk of body) await writer.write(chunk)
    return { failed: false }
  } catch (error) {
    return { failed: true, error }
  }
}

async function finish(writer: PartWriter, hash: LiveHash | undefined): Promise<Tail> {
  try {
    return await writer.finish()
  } catch (error) {
    await writer.abandon()
    hash?.forget()
    throw error
  }
}

function partsOf(known: KnownFile | undefined, tail: Tail | undefined): Beginning['parts'] {
  if (known?.complete === true) return known.parts
  return tail === undefined || tail.parts === 0 ? [] : undefined
}

/** @throws BlobsError `sealed` */
async function standing(state: S3State, file: FileName): Promise<Tail | undefined> {
  const key = state.keys.blob(file)
  const [sealed, tail] = await Promise.all([headObject(state, key), lookAtTail(state, file)])
  assertUnsealed(file, sealed !== undefined)
  return tail
}
