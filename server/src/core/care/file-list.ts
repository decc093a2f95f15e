import { createHash } from 'node:crypto'
import type { Digest } from '../../domain/digest.ts'
import type { BlobRow } from '../content/tables.ts'

/** The files that the blobs of one state name, in the order of their digests, gathered into one digest. */
export class FileList {
  readonly #hash = createHash('sha256')
  count = 0
  bytes = 0

  /** Blobs without a file count for nothing. */
  add({ file, digest, size }: BlobRow): void {
    if (file === '') return
    this.count++
    this.bytes += size
    this.#hash.update(`${file} ${digest} ${size}\n`)
  }

  digest(): Digest {
    return `sha256:${this.#hash.copy().digest('hex')}` as Digest
  }
}
