import { GetObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

/** s. AWS, "Signature Version 4": a link is good for seven days at the most. */
const longest = 7 * 24 * 3600

/** A link by which anybody reads the file for that long. Nothing is asked of S3. */
export async function linkFile(state: S3State, file: FileName, lifetimeMs: number): Promise<URL> {
  const expiresIn = Math.min(longest, Math.max(1, Math.ceil(lifetimeMs / 1000)))
  const command = new GetObjectCommand({ Bucket: state.bucket, Key: state.keys.blob(file) })
  return await onS3(
    'signing a link',
    async () => new URL(await getSignedUrl(state.clients.links, command, { expiresIn })),
  )
}
