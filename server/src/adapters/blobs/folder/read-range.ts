import type { ByteRange } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { Buffers } from './buffers.ts'
import { onDisk } from './fault.ts'
import type { OpenFile } from './file-system.ts'

/** What one read asks for where no buffer is left. */
export const smallRead = 32_768

/**
 * The bytes of the range. A chunk is overwritten once the next is asked for. One buffer is filled ahead while the
 * consumer has another, and no more: a consumer that stands still holds two. Where all buffers are out, a small piece of
 * memory is filled anew for each chunk, until there is a buffer again.
 * @throws BlobsError where the file ends before the range does
 */
export async function* readRange(
  { handle, buffers }: { readonly handle: OpenFile; readonly buffers: Buffers },
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  signal.throwIfAborted()
  const reading = new Reading(handle, buffers, range)
  try {
    for (let chunk = await reading.next(); chunk !== undefined; chunk = await reading.next()) {
      signal.throwIfAborted()
      reading.readAhead()
      yield chunk
    }
  } finally {
    await reading.end()
  }
}

class Reading {
  readonly #handle: OpenFile
  readonly #buffers: Buffers
  readonly #until: number
  #position: number
  /** The consumer has it. */
  #shown: Buffer | undefined
  #spare: Buffer | undefined
  #small: Buffer | undefined
  #ahead: { readonly buffer: Buffer; readonly chunk: Promise<Uint8Array> } | undefined

  constructor(handle: OpenFile, buffers: Buffers, { start, end }: ByteRange) {
    this.#handle = handle
    this.#buffers = buffers
    this.#position = start
    this.#until = end + 1
  }

  /** Undefined at the end. What was shown before is free again. */
  async next(): Promise<Uint8Array | undefined> {
    this.#spare ??= this.#shown
    this.#shown = undefined
    if (this.#ahead === undefined && !this.#begin()) return await this.#nextSmall()
    const { buffer, chunk } = this.#ahead ?? {}
    this.#ahead = undefined
    this.#shown = buffer
    return await chunk
  }

  readAhead(): void {
    this.#begin()
  }

  /** A read under way still writes into its buffer and needs its descriptor. */
  async end(): Promise<void> {
    await this.#ahead?.chunk.catch(() => undefined)
    for (const buffer of [this.#ahead?.buffer, this.#shown, this.#spare]) {
      if (buffer !== undefined) this.#buffers.give(buffer)
    }
  }

  /** Whether a read is under way now. */
  #begin(): boolean {
    if (this.#left <= smallRead) return false
    const buffer = this.#spare ?? this.#buffers.take()
    if (buffer === undefined) return false
    this.#spare = undefined
    const chunk = this.#fill(buffer)
    // Waited for later; until then its failure must not count as one that nobody handles.
    chunk.catch(() => undefined)
    this.#ahead = { buffer, chunk }
    return true
  }

  async #nextSmall(): Promise<Uint8Array | undefined> {
    if (this.#left <= 0) return undefined
    this.#small ??= Buffer.allocUnsafeSlow(Math.min(smallRead, this.#left))
    return await this.#fill(this.#small)
  }

  get #left(): number {
    return this.#until - this.#position
  }

  #fill(buffer: Buffer): Promise<Uint8Array> {
    const part = buffer.subarray(0, Math.min(buffer.length, this.#left))
    const position = this.#position
    this.#position += part.length
    return fill(this.#handle, part, position)
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
