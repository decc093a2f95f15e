import { createHash, type Hash } from 'node:crypto'
import type { FileName } from '../../../ports/blobs/blobs.ts'

interface LiveHash {
  readonly hash: Hash
  length: number
}

/** Uploads whose hash is kept; of one beyond, the oldest is read again when it is sealed. */
const maxLiveHashes = 4096

/** The sha256 of each file of which this process wrote every byte, in order, since its first. */
export class LiveHashes {
  readonly #byFile = new Map<FileName, LiveHash>()

  /** Gives the hash out to a writer at `offset`, which hands it back by `keep`; a writer that fails forgets it. */
  take(file: FileName, offset: number): Hash | undefined {
    const live = this.#byFile.get(file)
    this.#byFile.delete(file)
    if (offset === 0) return createHash('sha256')
    return live?.length === offset ? live.hash : undefined
  }

  keep(file: FileName, hash: Hash | undefined, length: number): void {
    if (hash === undefined) return
    this.#byFile.set(file, { hash, length })
    if (this.#byFile.size <= maxLiveHashes) return
    for (const oldest of this.#byFile.keys()) {
      this.#byFile.delete(oldest)
      return
    }
  }

  /** The hex form over exactly `length` bytes, or undefined where it is not known. */
  hexOf(file: FileName, length: number): string | undefined {
    const live = this.#byFile.get(file)
    return live?.length === length ? live.hash.copy().digest('hex') : undefined
  }

  forget(file: FileName): void {
    this.#byFile.delete(file)
  }
}
