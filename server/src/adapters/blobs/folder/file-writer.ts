import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { LiveHash } from '../shared/live-hash.ts'
import { type Buffers, writeBuffer } from './buffers.ts'
import type { DirectFile } from './direct-file.ts'
import type { OpenFile } from './file-system.ts'

/** Bytes in the system's cache after which the disk is told to begin: the flush at the end then finds little left to do. */
export const flushEvery = 16_777_216

export interface FileWriterParts {
  readonly handle: OpenFile
  /** The same file for writes past the system's cache. Closed by who made it. */
  readonly direct: DirectFile
  readonly buffers: Buffers
  /** Gets every byte, in order, where the hash of the file is known so far. */
  readonly hash: LiveHash | undefined
}

/**
 * Writes what it is given behind `length`, one write under way while the next buffer fills; where no buffer is left, each
 * chunk by itself. A chunk is copied before `write` is done with it. After an error only `settle` may be called.
 */
export class FileWriter {
  readonly #parts: FileWriterParts
  #filling: Buffer | undefined
  #filled = 0
  /** Where what is being filled goes. */
  #position: number
  #unflushed = 0
  #writing: Promise<void> = Promise.resolve()
  #flushing: Promise<void> = Promise.resolve()
  #flushFailed = false

  constructor(parts: FileWriterParts, position: number) {
    this.#parts = parts
    this.#position = position
  }

  /** Bytes of the file, those under way included. */
  get length(): number {
    return this.#position + this.#filled
  }

  get flushFailed(): boolean {
    return this.#flushFailed
  }

  /** Nothing to wait for where the chunk fits into the buffer, which is nearly always. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    const room = this.#room()
    if (room === undefined || chunk.length >= room) return this.#writeLong(chunk)
    this.#fill(chunk)
    return undefined
  }

  /** Writes what is left and waits for it. */
  async finish(): Promise<void> {
    await this.#swap()
    await this.#writing
    await this.#flushing
  }

  /** Waits until nothing is under way any more, whatever came of it. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#flushing])
    this.#release(this.#filling)
    this.#filling = undefined
  }

  async #writeLong(chunk: Uint8Array): Promise<void> {
    let taken = 0
    while (taken < chunk.length) {
      const room = this.#room()
      if (room === undefined) return await this.#writeThrough(chunk.subarray(taken))
      taken += this.#fill(chunk.subarray(taken, taken + room))
      if (this.#filled === this.#capacity) await this.#swap()
    }
  }

  /** Bytes that the buffer still takes. Undefined: there is no buffer. */
  #room(): number | undefined {
    this.#filling ??= this.#parts.buffers.take()
    return this.#filling === undefined ? undefined : this.#capacity - this.#filled
  }

  /** A buffer ends where the next can go past the cache: at a multiple of its size. */
  get #capacity(): number {
    return writeBuffer - (this.#position % writeBuffer)
  }

  #fill(part: Uint8Array): number {
    // Not `set`: into shared memory it copies byte by byte, unless both sides happen to be aligned alike.
    if (this.#filling !== undefined) asBuffer(part).copy(this.#filling, this.#filled)
    this.#filled += part.length
    return part.length
  }

  async #swap(): Promise<void> {
    await this.#writing
    const buffer = this.#filling
    if (buffer === undefined) return
    this.#filling = undefined
    const full = buffer.subarray(0, this.#filled)
    this.#filled = 0
    this.#writing = this.#put(full).finally(() => this.#release(buffer))
    // Whoever waits next sees the failure; until then it must not count as one that nobody handles.
    this.#writing.catch(() => undefined)
  }

  async #writeThrough(chunk: Uint8Array): Promise<void> {
    await this.#writing
    // As a swapped buffer's: a failure must be seen by whoever finishes the file, too.
    this.#writing = this.#put(chunk)
    this.#writing.catch(() => undefined)
    await this.#writing
  }

  /** Resolves when the bytes are written and hashed: their memory is free again. */
  async #put(bytes: Uint8Array): Promise<void> {
    const position = this.#position
    this.#position += bytes.length
    const writing = this.#writeAll(bytes, position)
    writing.catch(() => undefined)
    const hashed = this.#parts.hash?.update(bytes)
    if (hashed !== undefined) await hashed
    await writing
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    if (this.#unflushed >= flushEvery) await this.#beginFlush()
    const { direct, handle } = this.#parts
    let done = await direct.write(bytes, position)
    this.#unflushed += bytes.length - done
    while (done < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
      if (bytesWritten === 0) throw new BlobsError('permanent', 'the disk takes no bytes and names no reason')
      done += bytesWritten
    }
  }

  /** At most one flush under way: a disk that cannot keep up slows the body down. */
  async #beginFlush(): Promise<void> {
    await this.#flushing
    this.#unflushed = 0
    this.#flushing = this.#parts.handle.datasync()
    this.#flushing.catch(() => {
      this.#flushFailed = true
    })
  }

  #release(buffer: Buffer | undefined): void {
    if (buffer !== undefined) this.#parts.buffers.give(buffer)
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
