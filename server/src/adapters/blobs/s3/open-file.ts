import type { ByteRange, FileName, OpenedBlob } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { assertRange } from '../shared/refusals.ts'
import { untilAborted } from '../shared/until-aborted.ts'
import { etagOf, getObject, incomplete } from './objects.ts'
import { faultOf, ifThere, onS3 } from './on-s3.ts'
import { bodyOf, type HeldBody, readObject } from './read-object.ts'
import type { ReadPlace } from './read-places.ts'
import type { S3State } from './s3-state.ts'
import { tailHead } from './tail-head.ts'
import { lookAtTail } from './tails.ts'

export interface Read {
  readonly file: FileName
  readonly range: ByteRange | undefined
  readonly signal: AbortSignal
}

/**
 * The bytes are asked for at once: S3 sends on what it has begun to send, also when the object is removed meanwhile. Only
 * a reader that gave its connection to another needs the object again, which the trash keeps for a while. Of a file that
 * is not sealed only what never was more than a tail can be read.
 */
export async function openFile(state: S3State, read: Read): Promise<OpenedBlob | undefined> {
  const { file, range, signal } = read
  signal.throwIfAborted()
  // Whether the range is one at all: S3 would answer the whole file.
  assertRange(file, range, Number.POSITIVE_INFINITY)
  const sealed = { key: state.keys.blob(file), skip: 0 }
  const found = await openObject(state, read, sealed)
  if (found !== undefined) return found
  const tail = await lookAtTail(state, file)
  // It may have been sealed between the two looks.
  if (tail === undefined) return await openObject(state, read, sealed)
  if (tail.parts > 0)
    throw new BlobsError('permanent', `the file ${file} is not sealed: S3 cannot read the parts of an upload`)
  if (tail.bytes > 0) return await openObject(state, read, { key: state.keys.tail(file), skip: tailHead })
  assertRange(file, range, 0)
  return { size: 0, bytes: nothing(), [Symbol.asyncDispose]: async () => undefined }
}

interface Where {
  readonly key: string
  /** Bytes of the object that are no bytes of the file. */
  readonly skip: number
}

async function openObject(state: S3State, read: Read, where: Where): Promise<OpenedBlob | undefined> {
  const place = await state.readPlaces.take(state.bounds.request, read.signal)
  let opened: OpenedBlob | undefined
  try {
    opened = await openAt(state, { ...read, place }, where)
    return opened
  } finally {
    if (opened === undefined) place.leave()
  }
}

async function openAt(
  state: S3State,
  { file, range, signal, place }: Read & { readonly place: ReadPlace },
  { key, skip }: Where,
): Promise<OpenedBlob | undefined> {
  const start = skip + (range?.start ?? 0)
  const asked = range === undefined ? (skip > 0 ? { start } : undefined) : { start, end: skip + range.end }
  return await onS3(
    `opening the file ${file}`,
    async () => {
      const answer = await ifThere(() => getObject(state, { key, range: asked }, signal)).catch(
        (error: unknown) => {
          throw faultOf(error).status === 416 ? outside(file, error) : error
        },
      )
      if (answer === undefined) return undefined
      const body = bodyOf(answer, key)
      try {
        const total = totalOf(answer, asked !== undefined)
        assertRange(file, range, total - skip)
        const end = asked?.end ?? total - 1
        const source = { key, etag: etagOf(answer, key), start, end }
        const held = { body, place, last: end }
        return opened({ held, size: total - skip, signal }, (until) =>
          untilAborted(readObject(state, source, until, held), until),
        )
      } catch (error) {
        body.destroy()
        throw error
      }
    },
    signal,
  )
}

interface Begun {
  readonly held: HeldBody
  readonly size: number
  readonly signal: AbortSignal
}

function opened(
  { held: { body, place }, size, signal }: Begun,
  read: (until: AbortSignal) => AsyncGenerator<Uint8Array, void>,
): OpenedBlob {
  const closed = new AbortController()
  // Before somebody iterates, nobody listens to it; whoever iterates is told.
  body.on('error', () => undefined)
  place.onGivingWay(() => body.destroy())
  place.quiet()
  const close = async (): Promise<void> => {
    closed.abort(new BlobsError('permanent', 'the reader is closed'))
    body.destroy()
    place.leave()
  }
  return { size, bytes: read(AbortSignal.any([signal, closed.signal])), [Symbol.asyncDispose]: close }
}

function totalOf(
  answer: { readonly ContentRange?: string | undefined; readonly ContentLength?: number | undefined },
  ranged: boolean,
): number {
  const { ContentRange: range, ContentLength: length } = answer
  const total = ranged ? Number(/^bytes \d+-\d+\/(\d+)$/.exec(range ?? '')?.[1] ?? Number.NaN) : length
  if (total === undefined || !Number.isSafeInteger(total)) throw incomplete('the size of an object')
  return total
}

function outside(file: FileName, cause: unknown): BlobsError {
  return new BlobsError('permanent', `the file ${file} does not have the range that was asked for`, { cause })
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}
