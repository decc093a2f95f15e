import type { UploadTurns } from '../../core/content/upload-turns.ts'
import { isRegistryError } from '../../domain/error.ts'
import type { Report } from '../../http/problem.ts'
import type { ToThread, TurnRefusal } from './thread-messages.ts'

/**
 * Takes turns on behalf of one thread. Those of a thread that has died do not end: what it was writing may still reach
 * its file, and nobody else may write to that.
 */
export class UploadDesk {
  readonly #turns: UploadTurns
  readonly #post: (message: ToThread) => void
  readonly #report: Report
  /** By ticket: small numbers, which that thread uses again. */
  readonly #ends: ((() => void) | undefined)[] = []

  constructor(turns: UploadTurns, post: (message: ToThread) => void, report: Report) {
    this.#turns = turns
    this.#post = post
    this.#report = report
  }

  async take(ticket: number, upload: string): Promise<void> {
    try {
      this.#ends[ticket] = await this.#turns.take(upload)
      this.#post({ say: 'taken', ticket })
    } catch (error) {
      this.#post({ say: 'taken', ticket, refused: this.#refusal(error) })
    }
  }

  end(ticket: number): void {
    this.#ends[ticket]?.()
    this.#ends[ticket] = undefined
  }

  #refusal(error: unknown): TurnRefusal {
    if (isRegistryError(error, 'upload-busy')) return 'upload-busy'
    if (!isRegistryError(error, 'too-many-requests')) this.#report('a turn could not be given', error, {})
    return 'too-many-requests'
  }
}
