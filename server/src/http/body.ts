import { RegistryError } from '../domain/error.ts'
import type { Exchange } from './exchange.ts'

/**
 * The request's body, to be iterated once; a chunk is gone when the next one is asked for. Node makes new memory for each,
 * and waiting for the collector to find it costs more than all the rest of a large upload.
 * @throws RegistryError as `chunksOf`
 */
export function requestBytes(exchange: Exchange): AsyncGenerator<Uint8Array, void, undefined> {
  return chunksOf(exchange, release)
}

/** Only what is the chunk's alone: a small one may share its memory with others. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

function keep(): void {}

/**
 * Reading the body is what asks a waiting client to send it. Leaving early keeps the connection: the answer can still be
 * sent.
 * @throws RegistryError `size-invalid` where it ends before its announced length, `upload-invalid` where it breaks off
 * or the request is answered meanwhile
 */
async function* chunksOf(
  exchange: Exchange,
  done: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { request, bodyLength } = exchange
  if (exchange.expectsContinue) exchange.response.writeContinue()
  let received = 0
  try {
    for await (const chunk of exchange.readBody()) {
      received += chunk.length
      yield chunk
      done(chunk)
    }
  } catch (cause) {
    if (!request.destroyed) throw cause
    if (bodyLength === undefined) {
      throw new RegistryError(
        'upload-invalid',
        { reason: `the body broke off after ${received} bytes` },
        { cause },
      )
    }
    throw new RegistryError('size-invalid', { expected: bodyLength, actual: received }, { cause })
  }
  // A part must not be taken for the whole by whoever reads on.
  if (exchange.bodyLeft)
    throw new RegistryError('upload-invalid', { reason: 'the request was answered before its end' })
}

/**
 * The whole body, of at most `limit` bytes. `tooLarge` makes the error from the number of bytes announced or seen; what
 * is announced too large is not read. `take` is told of each part before it is kept, and may throw.
 */
export async function readBody(
  exchange: Exchange,
  limit: number,
  tooLarge: (size: number) => Error,
  take?: (size: number) => void,
): Promise<Uint8Array> {
  const announced = exchange.bodyLength
  if (announced !== undefined && announced > limit) throw tooLarge(announced)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(exchange, keep)) {
    size += chunk.length
    if (size > limit) throw tooLarge(size)
    take?.(chunk.length)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size)
}
