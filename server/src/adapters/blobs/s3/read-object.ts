import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { getObject, incomplete } from './objects.ts'
import { isConflict, isMissing, onS3, told } from './on-s3.ts'
import type { ReadPlace } from './read-places.ts'
import type { S3State } from './s3-state.ts'

/** A body that brought so much before it broke was worth asking for again. */
const worthwhile = 1_048_576
/** ms before a body is asked for again, doubled each time it brings nothing. */
const firstPause = 20
/** A reader that had to give way asks for so much at first: most of a longer range would be sent in vain. */
const firstSlice = 1_048_576
/** And for so many times as much when it could read all of it. */
const nextSlice = 4

/** A part of one object, and only of that one. */
export interface Source {
  readonly key: string
  readonly etag: string
  readonly start: number
  /** Included. */
  readonly end: number
}

/** A body on its way, and the place that it is read in. */
export interface HeldBody {
  readonly body: Readable
  readonly place: ReadPlace
  /** The last byte that was asked for. */
  readonly last: number
}

/**
 * The bytes of `source`; where a body breaks, or its reader gave way to another, it is asked for again from there on.
 * Never cut short.
 */
export async function* readObject(
  state: S3State,
  source: Source,
  signal: AbortSignal,
  first?: HeldBody,
): AsyncGenerator<Uint8Array, void> {
  const { end } = source
  let held = first
  let slice = Number.POSITIVE_INFINITY
  let barren = 0
  for (let at = source.start; at <= end; ) {
    const began = at
    held ??= await ask(state, { ...source, start: at, end: Math.min(end, at + slice - 1) }, signal)
    const { place, last } = held
    let broken: unknown = new Error('the body ended early')
    try {
      for await (const chunk of untilSilent(held, state.bounds.request, signal)) {
        at += chunk.length
        if (at > last + 1)
          throw new BlobsError('permanent', `S3 sent more of ${source.key} than was asked for`)
        yield chunk
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof BlobsError) throw error
      broken = error
    }
    held = undefined
    if (at > end) return
    if (place.lost || at > last) {
      slice = place.lost ? firstSlice : slice * nextSlice
      barren = 0
      continue
    }
    barren = at - began >= worthwhile ? 1 : barren + 1
    if (barren >= state.bounds.attempts) throw told(`reading ${source.key}`, broken)
    await state.clock.sleep(firstPause * 2 ** barren, signal)
    signal.throwIfAborted()
  }
}

async function ask(
  state: S3State,
  { key, etag, start, end }: Source,
  signal: AbortSignal,
): Promise<HeldBody> {
  // Part of it may be out already: it is waited for as long as a request would be tried.
  const place = await state.readPlaces.take(state.bounds.request * state.bounds.attempts, signal)
  try {
    const body = await onS3(
      `reading ${key}`,
      async () => {
        const answer = await getObject(state, { key, etag, range: { start, end } }, signal).catch(
          (error: unknown) => {
            throw isConflict(error) || isMissing(error) ? changed(key, error) : error
          },
        )
        const found = bodyOf(answer, key)
        if (answer.ContentRange?.startsWith(`bytes ${start}-${end}/`)) return found
        found.destroy()
        throw incomplete(`the range of ${key} that was asked for`)
      },
      signal,
    )
    return { body, place, last: end }
  } catch (error) {
    place.leave()
    throw error
  }
}

function changed(key: string, cause: unknown): BlobsError {
  return new BlobsError('transient', `${key} is not there any more as it was begun to be read`, { cause })
}

export function bodyOf({ Body: body }: GetObjectCommandOutput, key: string): Readable {
  if (body === undefined) throw incomplete(`the bytes of ${key}`)
  return body as unknown as Readable
}

/** What a body brings. Only who waits for it counts the time: its reader may take as long as it likes. */
async function* untilSilent(
  { body, place }: HeldBody,
  ms: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  const letGo = (): void => {
    body.destroy()
    place.leave()
  }
  place.onGivingWay(() => body.destroy())
  signal.addEventListener('abort', letGo, { once: true })
  try {
    while (!place.lost) {
      place.asked()
      const late = setTimeout(() => body.destroy(new Error(`no byte came for ${ms} ms`)), ms)
      const next = await chunks.next().finally(() => clearTimeout(late))
      if (next.done === true) return
      place.quiet()
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', letGo)
    letGo()
  }
}
