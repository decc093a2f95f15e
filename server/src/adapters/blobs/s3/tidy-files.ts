import { listObjects } from './listed-objects.ts'
import { abortUpload, listUploads } from './multipart.ts'
import { deleteObject, headObject } from './objects.ts'
import type { S3State } from './s3-state.ts'
import { lookAtTail } from './tails.ts'

/**
 * Uploads that no tail speaks of, tails of files that are sealed, and what probes have left, all begun before `before`. The
 * upload of a file that is listed goes with that file.
 */
export async function* tidyFiles(
  state: S3State,
  before: number,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  yield* tidyUploads(state, before, signal)
  yield* tidyTails(state, before, signal)
  for await (const { key, changed } of listObjects(state, state.keys.probes)) {
    signal.throwIfAborted()
    if (changed >= before) continue
    await deleteObject(state, key)
    yield key
  }
}

async function* tidyUploads(
  state: S3State,
  before: number,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  for await (const upload of listUploads(state, state.keys.blobs)) {
    signal.throwIfAborted()
    const file = state.keys.fileOf(state.keys.blobs, upload.key)
    if (file === undefined || upload.begun >= before) continue
    const tail = await lookAtTail(state, file)
    if (tail?.upload === upload.id) continue
    await abortUpload(state, upload)
    yield upload.key
  }
}

async function* tidyTails(state: S3State, before: number, signal: AbortSignal): AsyncGenerator<string, void> {
  for await (const { key, changed } of listObjects(state, state.keys.tails)) {
    signal.throwIfAborted()
    const file = state.keys.fileOf(state.keys.tails, key)
    if (file === undefined || changed >= before) continue
    if ((await headObject(state, state.keys.blob(file))) === undefined) continue
    await deleteObject(state, key)
    yield key
  }
}
