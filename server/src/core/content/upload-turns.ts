import { RegistryError } from '../../domain/error.ts'
import { PassingMap } from '../../domain/passing-map.ts'
import type { Clock } from '../../ports/clock/clock.ts'
import type { Limits } from '../ledger/limits.ts'

/** Who may write to an upload: one request at a time, of whichever thread of the process. */
export interface UploadTurns {
  /**
   * Answers how to end the turn, once it has come.
   * @throws RegistryError `upload-busy`: another request did not end within `uploadWait`; `too-many-requests`
   */
  take(upload: string): Promise<() => void>
}

/** Turns that one thread hands out: to its own requests, and to those of others that ask it. */
export class LocalUploadTurns implements UploadTurns {
  readonly #clock: Pick<Clock, 'sleep'>
  readonly #limits: Pick<Limits, 'uploadWait' | 'uploadsInProgress'>
  /** Each ends with its turn. */
  readonly #taken = new PassingMap<string, Promise<void>>()

  constructor(parts: {
    readonly clock: Pick<Clock, 'sleep'>
    readonly limits: Pick<Limits, 'uploadWait' | 'uploadsInProgress'>
  }) {
    this.#clock = parts.clock
    this.#limits = parts.limits
  }

  /**
   * A client that resumes often comes before its last request has ended, and may come several times: so each waits a
   * while, in the order in which they came.
   */
  async take(upload: string): Promise<() => void> {
    // Within this one function: between finding it free and taking it nobody else may come.
    if (this.#taken.has(upload)) {
      const done = new AbortController()
      const late = this.#clock.sleep(this.#limits.uploadWait, done.signal).then(() => 'late')
      for (let before = this.#taken.get(upload); before !== undefined; before = this.#taken.get(upload)) {
        const first = await Promise.race([before, late])
        if (first === 'late' && this.#taken.has(upload)) throw new RegistryError('upload-busy', { upload })
      }
      done.abort()
    }
    if (this.#taken.size >= this.#limits.uploadsInProgress) {
      throw new RegistryError('too-many-requests', { retryAfterMs: 1_000 })
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#taken.set(upload, promise)
    return () => {
      this.#taken.delete(upload)
      resolve()
    }
  }
}
