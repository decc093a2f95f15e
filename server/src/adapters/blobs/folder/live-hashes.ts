import { PassingMap } from '../../../domain/passing-map.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import type { HashThread } from './hash-thread.ts'
import { LiveHash } from './live-hash.ts'

/** Uploads whose hash is kept; of one beyond, the oldest is read again when it is sealed. */
const maxLiveHashes = 4096

/** The sha256 of each file of which this process wrote every byte, in order, since its first. */
export class LiveHashes {
  readonly #thread: HashThread | undefined
  readonly #byFile = new PassingMap<FileName, LiveHash>()

  /** Without a thread all is hashed on this one. */
  constructor(thread: HashThread | undefined) {
    this.#thread = thread
  }

  /** Gives the hash out to a writer at `offset`, which hands it back by `keep`, or forgets it where it fails. */
  take(file: FileName, offset: number): LiveHash | undefined {
    const live = this.#byFile.get(file)
    this.#byFile.delete(file)
    if (live?.length === offset && offset > 0) return live
    live?.forget()
    return offset === 0 ? new LiveHash(this.#thread) : undefined
  }

  keep(file: FileName, hash: LiveHash | undefined): void {
    if (hash === undefined) return
    this.#byFile.set(file, hash)
    const { oldest } = this.#byFile
    if (this.#byFile.size > maxLiveHashes && oldest !== undefined) this.forget(oldest)
  }

  /** The hex form over exactly `length` bytes, or undefined where it is not known. */
  async hexOf(file: FileName, length: number): Promise<string | undefined> {
    const live = this.#byFile.get(file)
    return live?.length === length ? await live.hex() : undefined
  }

  forget(file: FileName): void {
    this.#byFile.get(file)?.forget()
    this.#byFile.delete(file)
  }
}
