import type { FileName } from '../../../ports/blobs/blobs.ts'
import { abortUpload, listUploads } from './multipart.ts'
import { deleteObject } from './objects.ts'
import type { S3State } from './s3-state.ts'

/** Uploads first: while one is left, the file is still listed, and comes up again where this is cut off. */
export async function removeFile(state: S3State, file: FileName): Promise<void> {
  const key = state.keys.blob(file)
  state.known.forget(file)
  state.hashes.forget(file)
  for await (const upload of listUploads(state, key)) if (upload.key === key) await abortUpload(state, upload)
  await deleteObject(state, key)
  await deleteObject(state, state.keys.tail(file))
}
