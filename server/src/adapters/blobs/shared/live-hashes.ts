import { PassingMap } from '../../../domain/passing-map.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import type { Clock } from '../../../ports/clock/clock.ts'
import type { HashThread } from './hash-thread.ts'
import { LiveHash } from './live-hash.ts'

/** Uploads whose hash is kept; of one beyond, the oldest is read again when it is sealed. */
const maxLiveHashes = 4096

/** ms for which nobody has written to the file; then it is read again, too. It may have been sealed, or removed, by another thread. */
const keptMs = 5 * 60_000

interface Kept {
  readonly hash: LiveHash
  readonly since: number
}

/** The sha256 of each file of which this process wrote every byte, in order, since its first. */
export class LiveHashes {
  readonly #thread: HashThread | undefined
  readonly #clock: Pick<Clock, 'now'>
  /** The one written last at the end. */
  readonly #byFile = new PassingMap<FileName, Kept>()

  /** Without a thread all is hashed on this one. */
  constructor(thread: HashThread | undefined, clock: Pick<Clock, 'now'>) {
    this.#thread = thread
    this.#clock = clock
  }

  /** Gives the hash out to a writer at `offset`, which hands it back by `keep`, or forgets it where it fails. */
  take(file: FileName, offset: number): LiveHash | undefined {
    const live = this.#byFile.get(file)?.hash
    this.#byFile.delete(file)
    if (live?.length === offset && offset > 0) return live
    live?.forget()
    return offset === 0 ? new LiveHash(this.#thread) : undefined
  }

  keep(file: FileName, hash: LiveHash | undefined): void {
    if (hash === undefined) return
    const now = this.#clock.now()
    this.#byFile.set(file, { hash, since: now })
    for (let { oldest } = this.#byFile; oldest !== undefined; { oldest } = this.#byFile) {
      const isLate = now - (this.#byFile.get(oldest)?.since ?? now) > keptMs
      if (!isLate && this.#byFile.size <= maxLiveHashes) return
      this.forget(oldest)
    }
  }

  /** The hex form over exactly `length` bytes, or undefined where it is not known. */
  async hexOf(file: FileName, length: number): Promise<string | undefined> {
    const live = this.#byFile.get(file)?.hash
    return live?.length === length ? await live.hex() : undefined
  }

  forget(file: FileName): void {
    this.#byFile.get(file)?.hash.forget()
    this.#byFile.delete(file)
  }
}
