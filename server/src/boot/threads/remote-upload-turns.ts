import type { UploadTurns } from '../../core/content/upload-turns.ts'
import { RegistryError } from '../../domain/error.ts'
import { Slots } from '../../domain/slots.ts'
import type { FromThread, TurnRefusal } from './thread-messages.ts'

interface Waiting {
  readonly upload: string
  resolve(end: () => void): void
  reject(error: RegistryError): void
}

/** The turns that the main thread hands out, asked for by another. */
export class RemoteUploadTurns implements UploadTurns {
  readonly #post: (message: FromThread) => void
  /** Those that have come are in it until they end: their numbers name them. */
  readonly #turns = new Slots<Waiting>()

  constructor(post: (message: FromThread) => void) {
    this.#post = post
  }

  take(upload: string): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const ticket = this.#turns.put({ upload, resolve, reject })
      this.#post({ say: 'take', ticket, upload })
    })
  }

  /** The main thread's answer. */
  taken(ticket: number, refused: TurnRefusal | undefined): void {
    const waiting = this.#turns.get(ticket)
    if (refused === undefined) waiting?.resolve(() => this.#end(ticket, waiting))
    else {
      this.#turns.take(ticket)
      if (refused === 'upload-busy') {
        waiting?.reject(new RegistryError('upload-busy', { upload: waiting.upload }))
      } else waiting?.reject(new RegistryError('too-many-requests', { retryAfterMs: 1_000 }))
    }
  }

  /** Once: the number may be another turn's afterwards. */
  #end(ticket: number, turn: Waiting): void {
    if (this.#turns.get(ticket) !== turn) return
    this.#turns.take(ticket)
    this.#post({ say: 'end', ticket })
  }
}
