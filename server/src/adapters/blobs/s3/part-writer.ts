import { BlobsError } from '../../../ports/blobs/errors.ts'
import { crc32Of } from './crc32.ts'
import { PartBuffer } from './part-buffer.ts'
import { smallRooms } from './part-memory.ts'
import type { S3State } from './s3-state.ts'
import { type Beginning, SentParts } from './sent-parts.ts'
import { tailHead } from './tail-head.ts'
import { lengthOf, type Tail } from './tails.ts'

/** Gathers what arrives into parts, and sends them while more arrives. */
export class PartWriter {
  readonly #state: S3State
  readonly #from: Beginning
  readonly #sent: SentParts
  readonly #signal: AbortSignal
  #buffer: PartBuffer | undefined
  #isFirst = true
  #written = 0

  constructor(state: S3State, from: Beginning, signal: AbortSignal) {
    this.#state = state
    this.#from = from
    this.#signal = signal
    this.#sent = new SentParts(state, from)
  }

  /** Bytes that S3 has, waiting for those on their way. */
  async kept(): Promise<number> {
    return Math.max(await this.#sent.kept(), lengthOf(this.#from.tail))
  }

  /** Waits for room where there is none. Rejects where S3 failed, or there was no memory. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#sent.throwIfFailed()
      const buffer = await this.#roomy(chunk.length - at)
      at += buffer.put(at === 0 ? chunk : chunk.subarray(at), this.#from.hash)
      if (buffer.fill >= this.#target()) await this.#ship()
    }
    this.#written += chunk.length
  }

  /** All that was written stands in S3 when this has resolved. */
  async finish(): Promise<Tail> {
    await this.#sent.settle()
    this.#sent.throwIfFailed()
    const { file, hash, tail: before } = this.#from
    if (this.#written === 0 && before !== undefined) {
      await this.#buffer?.give()
      return before
    }
    const buffer = this.#buffer
    buffer?.hashAll(hash)
    const tail = await this.#sent.end(buffer?.tail ?? new Uint8Array(tailHead))
    this.#buffer = undefined
    const bytes = (await buffer?.handOver()) ?? new Uint8Array(0)
    const { parts } = this.#sent
    this.#state.known.keep(file, {
      etag: tail.etag,
      parts: parts ?? [],
      complete: parts !== undefined,
      tail: bytes,
      tailCrc32: crc32Of(bytes),
    })
    return tail
  }

  /** After a failure: nothing of this append reaches S3 any more. */
  async abandon(): Promise<void> {
    await this.#sent.settle()
    await this.#buffer?.give()
  }

  #target(): number {
    return Math.max(this.#sent.nextBytes(), this.#isFirst ? this.#from.bytes.length : 0)
  }

  async #roomy(wanted: number): Promise<PartBuffer> {
    this.#buffer ??= await this.#begin(wanted)
    if (this.#buffer.fill === this.#buffer.capacity) await this.#grow(this.#buffer)
    return this.#buffer
  }

  async #begin(wanted: number): Promise<PartBuffer> {
    const before = this.#isFirst ? this.#from.bytes : new Uint8Array(0)
    const buffer = new PartBuffer(this.#state.memory, await this.#roomFor(before.length + wanted))
    buffer.refill(before)
    return buffer
  }

  async #grow(buffer: PartBuffer): Promise<void> {
    await buffer.moveTo(await this.#roomFor(buffer.fill + 1))
  }

  /** Small at first, since most uploads are; then for a whole part at once. */
  async #roomFor(bytes: number): Promise<Uint8Array> {
    const { memory } = this.#state
    for (const small of this.#isFirst ? smallRooms : []) {
      const room = bytes <= small ? memory.tryTake(small + tailHead) : undefined
      if (room !== undefined) return room
    }
    const whole = this.#target() + tailHead
    let room = memory.tryTake(whole)
    // Its own parts bring memory back, whatever others do.
    while (room === undefined && (await this.#sent.oneLess())) room = memory.tryTake(whole)
    return room ?? (await memory.take(whole, this.#signal))
  }

  async #ship(): Promise<void> {
    const buffer = this.#buffer
    if (buffer === undefined) throw new BlobsError('permanent', 'there is no part to be sent')
    this.#buffer = undefined
    this.#isFirst = false
    buffer.hashAll(this.#from.hash)
    await this.#sent.send(buffer)
  }
}
