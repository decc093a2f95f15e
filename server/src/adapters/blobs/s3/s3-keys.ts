import type { FileName } from '../../../ports/blobs/blobs.ts'
import { assertFileName, isFileName } from '../shared/new-file-name.ts'

/**
 * What stands where in the bucket: `blobs/` the files, each at its final name from its first part on; `tails/` what is
 * known of those that are not sealed; `probes/` what is written only to see whether it can be; `owner` whose they are.
 */
export class S3Keys {
  readonly blobs: string
  readonly tails: string
  readonly probes: string
  readonly owner: string

  constructor(prefix: string) {
    this.blobs = `${prefix}blobs/`
    this.tails = `${prefix}tails/`
    this.probes = `${prefix}probes/`
    this.owner = `${prefix}owner`
  }

  /** @throws BlobsError `name` */
  blob(file: FileName): string {
    assertFileName(file)
    return this.blobs + file
  }

  /** @throws BlobsError `name` */
  tail(file: FileName): string {
    assertFileName(file)
    return this.tails + file
  }

  /** The file whose key this is, below `blobs` or `tails`; undefined: somebody else's. */
  fileOf(folder: string, key: string | undefined): FileName | undefined {
    const name = key?.startsWith(folder) ? key.slice(folder.length) : ''
    return isFileName(name) ? name : undefined
  }
}
