import { Slots } from '../../../domain/slots.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

/** What an engine has under way, so that `close` can wait for it and later calls are refused. */
export class Operations {
  readonly #underWay = new Slots<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** @throws BlobsError `permanent` after `close` */
  assertOpen(): void {
    if (this.#closing !== undefined) throw new BlobsError('permanent', 'the blob store is closed')
  }

  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.assertOpen()
    const running = operation()
    const place = this.#underWay.put(running)
    try {
      return await running
    } finally {
      this.#underWay.take(place)
    }
  }

  /** Idempotent: every call waits for the same end. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#underWay.values()).then(() => undefined)
    return this.#closing
  }
}
