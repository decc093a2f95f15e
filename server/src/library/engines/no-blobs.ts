import { randomUUID } from 'node:crypto'
import type { Blobs, BlobsCapabilities, FileName, OpenedBlob } from '../../ports/blobs/blobs.ts'
import { BlobsError } from '../../ports/blobs/errors.ts'
import { UnavailableError } from '../errors.ts'

/** For a store that several machines share, where nobody has said what they share for large content: it is refused. */
export class NoBlobs implements Blobs {
  readonly can: BlobsCapabilities = { redirect: false, minAppend: 0 }
  #isClosed = false

  name(): FileName {
    this.#refuseIfClosed()
    return randomUUID() as FileName
  }

  async append(): Promise<never> {
    this.#refuseIfClosed()
    throw nowhere()
  }

  async length(): Promise<number> {
    this.#refuseIfClosed()
    return 0
  }

  async seal(): Promise<never> {
    this.#refuseIfClosed()
    throw nowhere()
  }

  /** Also of a file that somebody else has made, who was told where. */
  async open(): Promise<OpenedBlob | undefined> {
    this.#refuseIfClosed()
    throw nowhere()
  }

  async remove(): Promise<void> {
    this.#refuseIfClosed()
    throw nowhere()
  }

  async *list(): AsyncIterable<{ readonly file: FileName; readonly length: number }> {
    this.#refuseIfClosed()
    yield* []
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new BlobsError('permanent', 'the blobs are closed')
  }
}

function nowhere(): UnavailableError {
  return new UnavailableError(
    'content of more than 64 KiB is kept in files, and this backend was not told where: give it `blobs`',
  )
}
