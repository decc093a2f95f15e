import type { Readable } from 'node:stream'
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { getObject, incomplete } from './objects.ts'
import { isConflict, isMissing, onS3, told } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

/** A body that brought so much before it broke was worth asking for again. */
const worthwhile = 1_048_576
/** ms before a body is asked for again, doubled each time it brings nothing. */
const firstPause = 20

/** A part of one object, and only of that one. */
export interface Source {
  readonly key: string
  readonly etag: string
  readonly start: number
  /** Included. */
  readonly end: number
}

/** The bytes of `source`; where a body breaks it is asked for again from there on. Never cut short. */
export async function* readObject(
  state: S3State,
  source: Source,
  signal: AbortSignal,
  first?: Readable,
): AsyncGenerator<Uint8Array, void> {
  const { end } = source
  let body = first
  let barren = 0
  for (let at = source.start; at <= end; ) {
    const began = at
    body ??= await ask(state, { ...source, start: at }, signal)
    let broken: unknown = new Error('the body ended early')
    try {
      for await (const chunk of untilSilent(body, state.bounds.request, signal)) {
        at += chunk.length
        if (at > end + 1)
          throw new BlobsError('permanent', `S3 sent more of ${source.key} than was asked for`)
        yield chunk
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof BlobsError) throw error
      broken = error
    }
    body = undefined
    if (at > end) return
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
): Promise<Readable> {
  return await onS3(
    `reading ${key}`,
    async () => {
      try {
        const answer = await getObject(state, { key, etag, range: { start, end } }, signal)
        const body = bodyOf(answer, key)
        if (answer.ContentRange?.startsWith(`bytes ${start}-${end}/`)) return body
        body.destroy()
        throw incomplete(`the range of ${key} that was asked for`)
      } catch (error) {
        if (!isConflict(error) && !isMissing(error)) throw error
        throw new BlobsError('transient', `${key} is not there any more as it was begun to be read`, {
          cause: error,
        })
      }
    },
    signal,
  )
}

export function bodyOf({ Body: body }: GetObjectCommandOutput, key: string): Readable {
  if (body === undefined) throw incomplete(`the bytes of ${key}`)
  return body as unknown as Readable
}

/** What a body brings. Only who waits for it counts the time: its reader may take as long as it likes. */
async function* untilSilent(
  body: Readable,
  ms: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  const letGo = (): void => void body.destroy()
  signal.addEventListener('abort', letGo, { once: true })
  try {
    while (true) {
      const late = setTimeout(() => body.destroy(new Error(`no byte came for ${ms} ms`)), ms)
      const next = await chunks.next().finally(() => clearTimeout(late))
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', letGo)
    body.destroy()
  }
}
