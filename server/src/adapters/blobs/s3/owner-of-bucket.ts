import { ownerOf } from './claim-bucket.ts'
import { stateOf } from './open-s3-blobs.ts'
import type { S3BlobsOptions } from './s3-options.ts'

/** Whose files a bucket holds, without a claim to it; undefined: nobody's yet. @throws BlobsError */
export async function ownerOfBucket(options: S3BlobsOptions): Promise<string | undefined> {
  const state = stateOf(options, undefined)
  try {
    return await ownerOf(state)
  } finally {
    const { calls, reads, links } = state.clients
    for (const client of [calls, reads, links]) client.destroy()
  }
}
