import { createHash, type Hash } from 'node:crypto'
import type { HashThread, ThreadHash } from './hash-thread.ts'

/** Content whose first bytes come so many at once is large: worth a message to the thread. */
const worthThread = 1_048_576

/**
 * The sha256 of bytes that come in order. Content that begins with a megabyte at once is hashed on the hash thread, where
 * that stands ready: this thread has the network to serve. Smaller content is hashed before a message would arrive.
 */
export class LiveHash {
  readonly #thread: HashThread | undefined
  #hash: Hash | ThreadHash | undefined
  #length = 0

  constructor(thread: HashThread | undefined) {
    this.#thread = thread
  }

  /** Bytes hashed, those under way included. */
  get length(): number {
    return this.#length
  }

  /** The bytes may be changed when this has resolved, at once where there is nothing to wait for. Never rejects. */
  update(bytes: Uint8Array): Promise<void> | undefined {
    this.#hash ??= (bytes.length >= worthThread ? this.#thread?.begin() : undefined) ?? createHash('sha256')
    this.#length += bytes.length
    if ('onThread' in this.#hash) return this.#hash.update(bytes)
    this.#hash.update(bytes)
    return undefined
  }

  /** Of all bytes so far, more of which may follow. Undefined: it was lost with its thread. */
  async hex(): Promise<string | undefined> {
    const hash = this.#hash ?? createHash('sha256')
    return 'onThread' in hash ? await hash.hex() : hash.copy().digest('hex')
  }

  forget(): void {
    if (this.#hash !== undefined && 'onThread' in this.#hash) this.#hash.forget()
  }
}
