import type { FileHandle } from 'node:fs/promises'

const writeBytes = 1024 * 1024
/** More than this does not wait in memory. */
const mostWaiting = 8 * writeBytes
/** Flushed while more comes in, so that the last flush is short. */
const flushBytes = 16 * writeBytes

/** Writes chunks to a file while the next ones come in: one write and one flush are under way at most. */
export class WriteBehind {
  readonly #file: FileHandle
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #writing: Promise<void> | undefined
  #flushing: Promise<void> | undefined
  #unflushed = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** A promise where the caller must wait before it adds more. Rejects where a write or a flush has failed. */
  add(chunk: Buffer): Promise<void> | undefined {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#writing === undefined && this.#waitingBytes >= writeBytes) this.#begin()
    return this.#waitingBytes > mostWaiting ? this.#writing : undefined
  }

  /** All is written, not all is flushed. */
  async end(): Promise<void> {
    await this.#writing
    if (this.#waitingBytes > 0) this.#begin()
    await this.#writing
    await this.#flushing
  }

  #begin(): void {
    this.#writing = this.#write()
    // Whoever adds or ends next hears of it.
    this.#writing.catch(() => {})
  }

  async #write(): Promise<void> {
    do {
      const chunks = this.#waiting
      const bytes = this.#waitingBytes
      this.#waiting = []
      this.#waitingBytes = 0
      const { bytesWritten } = await this.#file.writev(chunks)
      if (bytesWritten !== bytes) throw new Error(`${bytesWritten} of ${bytes} bytes were written`)
      this.#unflushed += bytes
      if (this.#unflushed >= flushBytes && this.#flushing === undefined) this.#flush()
    } while (this.#waitingBytes >= writeBytes)
    this.#writing = undefined
  }

  #flush(): void {
    this.#unflushed = 0
    this.#flushing = this.#file.datasync().then(() => {
      this.#flushing = undefined
    })
    this.#flushing.catch(() => {})
  }
}
