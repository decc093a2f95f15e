/** One write. Larger ones cost fewer calls, and as much memory again for each upload. */
export const writeBuffer = 1_048_576
/** One read. The larger, the fewer turns between the threads that read and those that send: a quarter of it costs 40 % more work a byte. */
export const readBuffer = 2_097_152
/** Some are kept for the next transfer: memory that was just used is quicker than memory that is new. */
const keptBytes = 8 * 1_048_576

export interface BuffersOptions {
  /** Of one buffer, in bytes. */
  readonly size: number
  /** What may be given out at a time, in bytes. */
  readonly most: number
  readonly make: (size: number) => Buffer
}

/** The memory that bytes pass through on their way to files, or from them, bounded for all transfers together. */
export class Buffers {
  readonly size: number
  readonly #most: number
  readonly #make: (size: number) => Buffer
  readonly #free: Buffer[] = []
  #out = 0

  constructor({ size, most, make }: BuffersOptions) {
    this.size = size
    this.#make = make
    this.#most = Math.floor(most / size)
  }

  /** Bytes that are given out. */
  get out(): number {
    return this.#out * this.size
  }

  /** Undefined where all are out: whoever asks goes on in small pieces. To be given back. */
  take(): Buffer | undefined {
    if (this.#out >= this.#most) return undefined
    this.#out += 1
    return this.#free.pop() ?? this.#make(this.size)
  }

  /** Nothing reads or writes it any more. */
  give(buffer: Buffer): void {
    this.#out -= 1
    if ((this.#free.length + 1) * this.size <= keptBytes) this.#free.push(buffer)
  }
}

/**
 * Memory that threads can share, and that begins at a page, as the system wants it of what goes past its cache: V8 lays
 * out in pages what could grow; other memory begins wherever there was room.
 */
export function pagedMemory(size: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(size, { maxByteLength: size }))
}
