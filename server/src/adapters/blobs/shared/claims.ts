import { PassingMap } from '../../../domain/passing-map.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

/** Files that are being appended to or sealed. The caller's row admits one writer; a second is out of step. */
export class Claims {
  readonly #held = new PassingMap<FileName, true>()

  /** @throws BlobsError `transient` while another write to the file is under way */
  async during<T>(file: FileName, work: () => Promise<T>): Promise<T> {
    if (this.#held.has(file)) {
      throw new BlobsError('transient', `another write to the file ${file} is under way`)
    }
    this.#held.set(file, true)
    try {
      return await work()
    } finally {
      this.#held.delete(file)
    }
  }
}
