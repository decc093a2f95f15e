import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

/**
 * A look at an object is answered without words, and the same where the whole bucket is away: before a file that should be
 * there is taken for one that has nothing, it is asked whether there is a bucket. @throws BlobsError
 */
export async function requireBucket(state: S3State): Promise<void> {
  const { bucket: Bucket, keys } = state
  await onS3('looking at the bucket', async () => {
    await state.clients.calls.send(new ListObjectsV2Command({ Bucket, Prefix: keys.owner, MaxKeys: 1 }))
  })
}
