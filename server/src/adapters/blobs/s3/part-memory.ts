import { setTimeout as pause } from 'node:timers/promises'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { tailHead } from './tail-head.ts'

/** Buffers of whole parts that are kept for the next: memory that was just used is quicker than memory that is new. */
const keptBuffers = 4

/** What uploads begin in, and small ones end in: none of it is waited for by who holds some. */
export const smallRooms: readonly number[] = [256 * 1024, 1024 * 1024]
/** Of all memory, for those. */
const smallShare = 0.25

interface Waiting {
  readonly bytes: number
  readonly go: () => void
}

export interface PartMemoryOptions {
  /** Bytes that may be out at a time, for all uploads together. */
  readonly most: number
  /** Of a whole part, with what stands before it. */
  readonly whole: number
  /** ms for which somebody waits. */
  readonly waitMs: number
}

/**
 * The memory that bytes pass through on their way to S3. Threads can share it. Whole parts are waited for, first come, first
 * served: who has one can send it, and gives it back. Who waits has a small room at the most, of which there are enough.
 */
export class PartMemory {
  readonly #options: PartMemoryOptions
  readonly #waiting: Waiting[] = []
  readonly #free: Uint8Array[] = []
  readonly #mostSmall: number
  readonly #mostWhole: number
  #small = 0
  #whole = 0

  constructor(options: PartMemoryOptions) {
    this.#options = options
    this.#mostSmall = options.most * smallShare
    this.#mostWhole = options.most - this.#mostSmall
  }

  /** Undefined where there is none left, or others wait for it. */
  tryTake(bytes: number): Uint8Array | undefined {
    if (isSmall(bytes)) {
      if (this.#small + bytes > this.#mostSmall) return undefined
      this.#small += bytes
    } else {
      if (this.#waiting.length > 0 || this.#whole + bytes > this.#mostWhole) return undefined
      this.#whole += bytes
    }
    return this.#make(bytes)
  }

  /** For a whole part. @throws BlobsError `busy` where none came back in time; the signal's reason where it aborts */
  async take(bytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const now = this.tryTake(bytes)
    if (now !== undefined) return now
    const turn = Promise.withResolvers<true>()
    const waiting: Waiting = { bytes, go: () => turn.resolve(true) }
    this.#waiting.push(waiting)
    const late = new AbortController()
    const until = AbortSignal.any([signal, late.signal])
    const given = await Promise.race([
      turn.promise,
      pause(this.#options.waitMs, false, { signal: until }).catch(() => false),
    ])
    late.abort()
    if (given) return this.#make(bytes)
    this.#leave(waiting)
    signal.throwIfAborted()
    throw new BlobsError(
      'busy',
      `no memory for another upload came free in ${this.#options.waitMs} ms: too many at once`,
    )
  }

  /** Nobody reads or writes it any more. */
  give(buffer: Uint8Array): void {
    if (buffer.length === this.#options.whole && this.#free.length < keptBuffers) this.#free.push(buffer)
    this.forget(buffer)
  }

  /** It is kept by somebody who counts it elsewhere. */
  forget(buffer: Uint8Array): void {
    if (isSmall(buffer.length)) this.#small -= buffer.length
    else this.#whole -= buffer.length
    this.#serve()
  }

  #make(bytes: number): Uint8Array {
    const kept = bytes === this.#options.whole ? this.#free.pop() : undefined
    return kept ?? new Uint8Array(new SharedArrayBuffer(bytes))
  }

  #leave(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting)
    // Served at the very moment at which it gave up.
    if (at < 0) this.#whole -= waiting.bytes
    else this.#waiting.splice(at, 1)
    this.#serve()
  }

  #serve(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#whole > 0 && this.#whole + next.bytes > this.#mostWhole) return
      this.#whole += next.bytes
      this.#waiting.shift()
      next.go()
    }
  }
}

function isSmall(bytes: number): boolean {
  return bytes <= (smallRooms.at(-1) ?? 0) + tailHead
}
