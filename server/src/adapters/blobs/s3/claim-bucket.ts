import { BlobsError } from '../../../ports/blobs/errors.ts'
import { headObject, putObject } from './objects.ts'
import { isConflict, onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

/** An object beside the files says whose they are, also in its metadata, so that a look is enough. */
export async function claimBucket(state: S3State, owner: string): Promise<string> {
  const named = await ownerOf(state)
  if (named !== undefined) return named
  const body = Buffer.from(owner, 'latin1')
  const metadata = { owner }
  await onS3('naming whose files these are', async () => {
    await putObject(state, { key: state.keys.owner, body, metadata, replaces: undefined }).catch(
      (error: unknown) => {
        // Somebody else was first.
        if (!isConflict(error)) throw error
      },
    )
  })
  const now = await ownerOf(state)
  if (now === undefined) throw new BlobsError('transient', 'the bucket has lost whose files these are')
  return now
}

/** undefined: nobody is named yet. */
export async function ownerOf(state: S3State): Promise<string | undefined> {
  return (await headObject(state, state.keys.owner))?.metadata['owner']
}
