import type { Hash } from 'node:crypto'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { OpenFile } from './file-system.ts'

/** Bytes gathered before they are written; two such buffers a writer, one filling while the other is written. */
export const writeBuffer = 524_288
/** Bytes after which the disk is told to begin: the flush at the end then finds little left to do. */
export const flushEvery = 16_777_216

/**
 * Writes what it is given behind `length`, one write under way while the next buffer fills. A chunk is copied
 * before `write` returns. After an error only `settle` may be called.
 */
export class FileWriter {
  readonly #handle: OpenFile
  readonly #hash: Hash | undefined
  #filling: Uint8Array | undefined
  #spare: Uint8Array | undefined
  #filled = 0
  /** Where the next buffer goes. */
  #position: number
  #unflushed = 0
  #writing: Promise<void> = Promise.resolve()
  #flushing: Promise<void> = Promise.resolve()
  #flushFailed = false

  /** `hash`: gets every byte, in order. */
  constructor(handle: OpenFile, position: number, hash: Hash | undefined) {
    this.#handle = handle
    this.#position = position
    this.#hash = hash
  }

  /** Bytes of the file, those under way included. */
  get length(): number {
    return this.#position + this.#filled
  }

  get flushFailed(): boolean {
    return this.#flushFailed
  }

  async write(chunk: Uint8Array): Promise<void> {
    let taken = 0
    while (taken < chunk.length) {
      this.#filling ??= Buffer.allocUnsafeSlow(writeBuffer)
      const part = chunk.subarray(taken, taken + writeBuffer - this.#filled)
      this.#filling.set(part, this.#filled)
      this.#filled += part.length
      taken += part.length
      if (this.#filled === writeBuffer) await this.#swap()
    }
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
  }

  async #swap(): Promise<void> {
    await this.#writing
    const full = this.#filling?.subarray(0, this.#filled)
    if (full === undefined || full.length === 0) return
    if (this.#unflushed >= flushEvery) await this.#beginFlush()
    this.#writing = this.#writeAll(full, this.#position)
    // Whoever waits next sees the failure; until then it must not count as one that nobody handles.
    this.#writing.catch(() => undefined)
    this.#hash?.update(full)
    this.#position += full.length
    this.#unflushed += full.length
    const used = this.#filling
    this.#filling = this.#spare
    this.#spare = used
    this.#filled = 0
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done)
      if (bytesWritten === 0) throw new BlobsError('permanent', 'the disk takes no bytes and names no reason')
      done += bytesWritten
    }
  }

  /** At most one flush under way: a disk that cannot keep up slows the body down. */
  async #beginFlush(): Promise<void> {
    await this.#flushing
    this.#unflushed = 0
    this.#flushing = this.#handle.datasync()
    this.#flushing.catch(() => {
      this.#flushFailed = true
    })
  }
}
