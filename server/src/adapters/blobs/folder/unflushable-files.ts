import type { FileName } from '../../../ports/blobs/blobs.ts'

/** Digits at the end of a name that are of chance alone. */
const digits = 5
const count = 16 ** digits
const bitsAWord = 32

/**
 * Files of which a flush failed, in whichever thread of the process: the system drops such pages, and a later flush would
 * succeed and mean nothing. They are kept as bits of shared memory, found by the chance in their names; of a million
 * uploads on a disk that has failed once, one that was sound has to begin anew.
 */
export class UnflushableFiles {
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(count / 8)) {
    this.shared = shared
    this.#words = new Int32Array(shared)
  }

  add(file: FileName): void {
    const bit = bitOf(file)
    Atomics.or(this.#words, Math.floor(bit / bitsAWord), 1 << (bit % bitsAWord))
  }

  has(file: FileName): boolean {
    const bit = bitOf(file)
    return (Atomics.load(this.#words, Math.floor(bit / bitsAWord)) & (1 << (bit % bitsAWord))) !== 0
  }
}

function bitOf(file: FileName): number {
  return Number.parseInt(file.slice(-digits), 16)
}
