import { RegistryError } from '../../domain/error.ts'
import type { ByteRange } from '../../ports/blobs/blobs.ts'

/** Bytes on their way in. */
export interface Body {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Announced by the client, if it was. The real length must agree. */
  readonly length?: number
  /** Announced place of these bytes within the blob; must continue where the upload stands. */
  readonly range?: ByteRange
}

export const emptyBody: Body = { bytes: (async function* (): AsyncGenerator<Uint8Array> {})(), length: 0 }

/** @throws RegistryError `upload-range`, `size-invalid`: what the client announces cannot be right. */
export function checkBody(upload: string, body: Body, offset: number): void {
  if (body.range === undefined) return
  if (body.range.start !== offset) throw new RegistryError('upload-range', { upload, offset })
  const announced = body.range.end - body.range.start + 1
  if (body.length !== undefined && body.length !== announced) {
    throw new RegistryError('size-invalid', { expected: announced, actual: body.length })
  }
}

/**
 * The body's bytes, which fail with `size-invalid` where they end early or go on too long, and with `too-large`
 * where a blob that stands at `offset` would pass its limit.
 */
export async function* measured(body: Body, offset: number, limit: number): AsyncGenerator<Uint8Array> {
  const expected = body.range === undefined ? body.length : body.range.end - body.range.start + 1
  if (expected !== undefined && offset + expected > limit) throw tooLarge(limit)
  let length = 0
  for await (const chunk of body.bytes) {
    length += chunk.length
    if (expected !== undefined && length > expected) break
    if (offset + length > limit) throw tooLarge(limit)
    yield chunk
  }
  if (expected !== undefined && length !== expected) {
    throw new RegistryError('size-invalid', { expected, actual: length })
  }
}

const tooLarge = (limit: number): RegistryError => new RegistryError('too-large', { what: 'the blob', limit })

/** The first bytes up to `limit`, and the rest if there is more: `rest` begins with what was read beyond. */
export async function takeFirst(
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ first: Uint8Array; rest?: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let length = 0
  for (;;) {
    const next = await iterator.next()
    if (next.done) return { first: Buffer.concat(taken) }
    // A source may reuse its buffer for the next chunk.
    taken.push(Uint8Array.from(next.value))
    length += next.value.length
    if (length > limit)
      return { first: Buffer.concat(taken), rest: { [Symbol.asyncIterator]: () => iterator } }
  }
}
