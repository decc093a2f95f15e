import { BlobsError } from '../../../ports/blobs/errors.ts'

/** What an engine has under way, so that `close` can wait for it and later calls are refused. */
export class Operations {
  readonly #underWay = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** @throws BlobsError `permanent` after `close` */
  assertOpen(): void {
    if (this.#closing !== undefined) throw new BlobsError('permanent', 'the blob store is closed')
  }

  async run<T>(operation: () => Promise<T>): Promise<T> {
    this.assertOpen()
    const running = operation()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }

  /** Idempotent: every call waits for the same end. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#underWay).then(() => undefined)
    return this.#closing
  }
}
