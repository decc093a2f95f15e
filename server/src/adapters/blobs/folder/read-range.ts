import type { ByteRange } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { onDisk } from './fault.ts'
import type { OpenFile } from './file-system.ts'

/** What one read asks for; a range up to this size is read at once. */
export const readBuffer = 524_288

/**
 * The bytes of the range. Three buffers take turns: the next is being read while the consumer has one, and the
 * one before is not touched yet, for a consumer that is still sending it.
 */
export async function* readRange(
  handle: OpenFile,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const buffers: Uint8Array[] = []
  const until = range.end + 1
  const size = Math.min(readBuffer, until - range.start)
  const count = until - range.start <= readBuffer ? 1 : 3
  const read = (turn: number, position: number): Promise<Uint8Array> => {
    const buffer = buffers[turn % count] ?? Buffer.allocUnsafeSlow(size)
    buffers[turn % count] = buffer
    return fill(handle, buffer.subarray(0, Math.min(size, until - position)), position)
  }
  signal.throwIfAborted()
  if (range.start >= until) return
  let position = range.start
  let next = read(0, position)
  try {
    for (let turn = 1; position < until; turn += 1) {
      const chunk = await next
      signal.throwIfAborted()
      position += chunk.length
      if (position < until) {
        next = read(turn, position)
        // Waited for in the next round; until then its failure must not count as one that nobody handles.
        next.catch(() => undefined)
      }
      yield chunk
    }
  } finally {
    // A read under way still writes into its buffer and needs its descriptor.
    await next.catch(() => undefined)
  }
}

async function fill(handle: OpenFile, buffer: Uint8Array, position: number): Promise<Uint8Array> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await onDisk('reading a file', () =>
      handle.read(buffer, done, buffer.length - done, position + done),
    )
    if (bytesRead === 0)
      throw new BlobsError('permanent', 'the file ends before the bytes that were asked for')
    done += bytesRead
  }
  return buffer
}
