import { deleteObject, putObject } from './objects.ts'
import { onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

const probeBytes = 16

/** Writes a few bytes and removes them again. */
export async function probeBucket(state: S3State): Promise<void> {
  const body = state.random.bytes(probeBytes)
  const key = state.keys.probes + Buffer.from(body).toString('hex')
  await onS3('writing to the bucket', () => putObject(state, { key, body, replaces: undefined }))
  await deleteObject(state, key)
}
