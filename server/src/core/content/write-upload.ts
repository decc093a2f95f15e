import type { Digest } from '../../domain/digest.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import type { NewJob } from '../../ports/journal/journal.ts'
import type { Core } from '../ledger/core.ts'
import { type NewContent, trashFile } from './blob-rows.ts'
import { type Body, checkBody, measured, takeFirst } from './body.ts'
import { asRegistryError } from './faults.ts'
import type { UploadRow } from './tables.ts'
import { type Claim, endClaim, giveBack, openFile, renewClaim } from './upload-claim.ts'

/** Where an upload stands once a body was written: all of it still in memory, or in a file that the claim names. */
export type Written =
  | { readonly in: 'memory'; readonly bytes: Uint8Array }
  | {
      readonly in: 'file'
      readonly claim: Claim & { readonly row: UploadRow }
      readonly file: FileName
      readonly length: number
    }

/**
 * Writes a body at the end of a claimed upload. Small content stays in memory, for the caller to commit; what is more
 * goes to a file as it arrives.
 * @throws RegistryError `upload-range`, `size-invalid`, `too-large`, `storage-full`, `unavailable`; the claim is given
 *   back then, with what a file has kept
 */
export async function writeUpload(
  core: Core,
  claim: Claim,
  repository: string,
  body: Body,
  signal: AbortSignal,
): Promise<Written> {
  let current = claim
  try {
    if (isInFile(claim)) return await appendBody(core, claim, body, signal)
    const { bytes, rest } = await fillMemory(core, claim, body)
    if (rest === undefined) return { in: 'memory', bytes }
    const opened = await openFile(core, claim, repository)
    current = opened
    return await appendBytes(core, opened, 0, joined(bytes, rest), signal)
  } catch (error) {
    throw await leaveUpload(core, current, error)
  }
}

type FileClaim = Claim & { readonly row: UploadRow }

function isInFile(claim: Claim): claim is FileClaim {
  return claim.row !== undefined && claim.row.file !== ''
}

/** What fits into memory; `rest` where the body has more. */
async function fillMemory(
  core: Core,
  claim: Claim,
  body: Body,
): Promise<{ readonly bytes: Uint8Array; readonly rest?: AsyncIterable<Uint8Array> }> {
  const before = claim.row?.bytes ?? new Uint8Array()
  checkBody(claim.id, body, before.length)
  const incoming = measured(body, before.length, mostBytes(core))
  const { first, rest } = await takeFirst(incoming, core.limits.inlineBytes - before.length)
  const bytes = before.length === 0 ? first : Buffer.concat([before, first])
  return rest === undefined ? { bytes } : { bytes, rest }
}

async function appendBody(core: Core, claim: FileClaim, body: Body, signal: AbortSignal): Promise<Written> {
  const file = claim.row.file as FileName
  const length = await core.blobs.length(file)
  // The process that opened the file ended before the first bytes had moved into it.
  const kept = claim.row.bytes.subarray(length)
  const end = length + kept.length
  checkBody(claim.id, body, end)
  // A file that an earlier try has sealed takes no more bytes, not even none.
  if (body.length === 0 && kept.length === 0) return { in: 'file', claim, file, length }
  const incoming = measured(body, end, mostBytes(core))
  return await appendBytes(core, claim, length, kept.length === 0 ? incoming : joined(kept, incoming), signal)
}

/** Of a blob: what could not be sealed is refused as soon as that is known. */
function mostBytes({ limits, blobs }: Core): number {
  return Math.min(limits.blobBytes, blobs.can.maxBytes ?? Number.POSITIVE_INFINITY)
}

async function appendBytes(
  core: Core,
  claim: FileClaim,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Written> {
  const file = claim.row.file as FileName
  const { length } = await core.blobs.append(file, offset, renewing(core, claim, bytes), signal)
  return { in: 'file', claim, file, length }
}

/**
 * A slow body keeps its upload alive as long as bytes come. Plain iterators, here and below: each generator that a chunk
 * passes costs several turns of the microtask queue, and a large body has thousands of chunks.
 */
function renewing(core: Core, claim: FileClaim, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const every = core.limits.uploadLifetime / 4
  let renewed = core.clock.now()
  const source = bytes[Symbol.asyncIterator]()
  const renewFirst = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      await renewClaim(core, claim)
    } catch (error) {
      await source.return?.()
      throw error
    }
    renewed = core.clock.now()
    return await source.next()
  }
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    core.clock.now() - renewed < every ? source.next() : renewFirst()
  return iterable(next, source)
}

function joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = rest[Symbol.asyncIterator]()
  let begun = false
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    if (begun) return source.next()
    begun = true
    return Promise.resolve({ done: false, value: first })
  }
  return iterable(next, source)
}

/** To be iterated once. Whoever leaves early lets the source go. */
function iterable(
  next: () => Promise<IteratorResult<Uint8Array>>,
  source: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const leave = async (): Promise<IteratorResult<Uint8Array>> => {
    await source.return?.()
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

/**
 * Verified, and durable. Content that has another digest ends its upload.
 * @throws RegistryError `digest-mismatch`, `storage-full`, `unavailable`
 */
export async function sealFile(
  core: Core,
  written: Written & { readonly in: 'file' },
  digest: Digest,
  signal: AbortSignal,
): Promise<NewContent> {
  try {
    const { length } = await core.blobs.seal(written.file, digest, signal)
    return { digest, size: length, file: written.file }
  } catch (error) {
    if (error instanceof BlobsError && error.kind === 'digest') {
      await abandon(core, written.claim)
      throw new RegistryError('digest-mismatch', { expected: digest }, { cause: error })
    }
    throw await leaveUpload(core, written.claim, error)
  }
}

/**
 * After a failure: the claim is given back, so that the upload can go on. One that found no space ends instead, and its
 * bytes go at once: they are in everybody's way. Answers what the caller shall hear.
 */
export async function leaveUpload(core: Core, claim: Claim, error: unknown): Promise<unknown> {
  const told = asRegistryError(error)
  if (!isRegistryError(told, 'storage-full') || claim.row === undefined) {
    await giveBack(core, claim)
    return told
  }
  try {
    await end(core, claim, [{ kind: emptyTrashJob, payload: {} }])
  } catch (second) {
    core.telemetry.error('an upload that found no space could not be ended', second, { upload: claim.id })
    await giveBack(core, claim)
  }
  return told
}

/** Asks for the bytes of files whose time in the trash is over, before the schedule would. */
export const emptyTrashJob = 'empty-trash-now'

/** Ends an upload that can come to nothing. */
export async function abandon(core: Core, claim: Claim): Promise<void> {
  await end(core, claim, [])
}

/** Its file has one writer, which has ended, and never had a reader: its time in the trash is over at once. */
async function end(core: Core, claim: Claim, jobs: readonly NewJob[]): Promise<void> {
  const file = claim.row?.file ?? ''
  await core.ledger.keep(async () => {
    const changes = await endClaim(core, claim)
    if (file === '') return { value: undefined, changes }
    const trashed = trashFile(core, file, 'upload', core.clock.now())
    return { value: undefined, changes: [...changes, trashed], jobs }
  })
}
