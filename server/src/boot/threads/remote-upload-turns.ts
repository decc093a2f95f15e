import type { UploadTurns } from '../../core/content/upload-turns.ts'
import { RegistryError } from '../../domain/error.ts'
import type { FromThread, TurnRefusal } from './thread-messages.ts'

interface Waiting {
  readonly upload: string
  resolve(end: () => void): void
  reject(error: RegistryError): void
}

/** The turns that the main thread hands out, asked for by another. */
export class RemoteUploadTurns implements UploadTurns {
  readonly #post: (message: FromThread) => void
  readonly #waiting = new Map<number, Waiting>()
  #tickets = 0

  constructor(post: (message: FromThread) => void) {
    this.#post = post
  }

  take(upload: string): Promise<() => void> {
    const ticket = this.#tickets++
    this.#post({ say: 'take', ticket, upload })
    return new Promise((resolve, reject) => this.#waiting.set(ticket, { upload, resolve, reject }))
  }

  /** The main thread's answer. */
  taken(ticket: number, refused: TurnRefusal | undefined): void {
    const waiting = this.#waiting.get(ticket)
    this.#waiting.delete(ticket)
    if (refused === undefined) waiting?.resolve(() => this.#post({ say: 'end', ticket }))
    else if (refused === 'upload-busy') {
      waiting?.reject(new RegistryError('upload-busy', { upload: waiting.upload }))
    } else waiting?.reject(new RegistryError('too-many-requests', { retryAfterMs: 1_000 }))
  }
}
