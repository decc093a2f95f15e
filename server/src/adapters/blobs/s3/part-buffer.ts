import type { LiveHash } from '../shared/live-hash.ts'
import type { PartMemory } from './part-memory.ts'
import { tailHead } from './tail-head.ts'

/** Hashed at a time. */
const hashStep = 1_048_576

/** Bytes that come to be a part, or the tail of a file: room for a tail's head stands before them. */
export class PartBuffer {
  readonly #memory: PartMemory
  #room: Uint8Array
  #fill = 0
  #hashed = 0
  #hashing: Promise<void>[] = []

  /** @param room from `memory`, with the head's; `given` comes back to it by `give` */
  constructor(memory: PartMemory, room: Uint8Array) {
    this.#memory = memory
    this.#room = room
  }

  get fill(): number {
    return this.#fill
  }

  get capacity(): number {
    return this.#room.length - tailHead
  }

  get bytes(): Uint8Array {
    return this.#room.subarray(tailHead, tailHead + this.#fill)
  }

  /** The same, as the object of a tail: its head is still to be written. */
  get tail(): Uint8Array {
    return this.#room.subarray(0, tailHead + this.#fill)
  }

  /** What an earlier append has brought, and hashed. */
  refill(bytes: Uint8Array): void {
    this.#room.set(bytes, tailHead)
    this.#fill = bytes.length
    this.#hashed = bytes.length
  }

  /** Takes what there is room for, and answers how much that was. The caller may change `bytes` afterwards. */
  put(bytes: Uint8Array, hash: LiveHash | undefined): number {
    const taken = Math.min(bytes.length, this.capacity - this.#fill)
    this.#room.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), tailHead + this.#fill)
    this.#fill += taken
    if (this.#fill - this.#hashed >= hashStep) this.hashAll(hash)
    return taken
  }

  hashAll(hash: LiveHash | undefined): void {
    const fresh = this.bytes.subarray(this.#hashed)
    this.#hashed = this.#fill
    if (fresh.length === 0) return
    const hashing = hash?.update(fresh)
    if (hashing !== undefined) this.#hashing.push(hashing)
  }

  /** Goes on in larger memory; the smaller is given back as soon as nobody reads it. */
  async moveTo(room: Uint8Array): Promise<void> {
    const old = this.#room
    room.set(this.bytes, tailHead)
    this.#room = room
    await this.#settle()
    this.#memory.give(old)
  }

  /** Nobody needs the bytes any more. */
  async give(): Promise<void> {
    await this.#settle()
    this.#memory.give(this.#room)
  }

  /** The bytes for as long as somebody wants them, who counts them from now on. */
  async handOver(): Promise<Uint8Array> {
    await this.#settle()
    this.#memory.forget(this.#room)
    return this.bytes
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#hashing)
    this.#hashing = []
  }
}
