import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { SentPart } from './known-files.ts'
import { completeUpload, listParts, sendPart, type Upload } from './multipart.ts'
import { headObject, type SeenObject } from './objects.ts'
import { isConflict, isUploadGone, onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'
import { lengthOf, type Tail } from './tails.ts'

export interface Standing {
  readonly file: FileName
  readonly upload: Upload
  readonly tail: Tail
  /** What the tail has: the last part. */
  readonly end: Uint8Array
}

export interface Completed {
  readonly object: SeenObject
  /** It is made of the parts that were named, and of no others. */
  readonly certain: boolean
}

/** @param sent the parts as this process sent them; S3 is asked for them where it did not send all */
export async function completeFile(
  state: S3State,
  standing: Standing,
  sent: readonly SentPart[] | undefined,
): Promise<Completed> {
  const { file, upload, tail, end } = standing
  return await onS3(`completing the file ${file}`, async () => {
    const parts = sent ?? (await listParts(state, upload, tail.parts))
    if (parts === undefined) return { object: await found(state, standing), certain: false }
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    if (bytes !== tail.offset)
      throw new BlobsError(
        'permanent',
        `S3 has ${bytes} bytes in parts of the file ${file}, not ${tail.offset}`,
      )
    try {
      const all =
        end.length === 0
          ? parts
          : [...parts, await sendPart(state, upload, { number: parts.length + 1, body: end })]
      const etag = await completeUpload(state, upload, all)
      const object = await found(state, standing)
      return { object, certain: object.etag === etag }
    } catch (error) {
      const cause = error instanceof BlobsError ? error.cause : error
      // It may be this call that has completed it, whose first answer was lost.
      if (!isConflict(cause) && !isUploadGone(cause)) throw error
      return { object: await found(state, standing), certain: false }
    }
  })
}

async function found(state: S3State, { file, upload, tail }: Standing): Promise<SeenObject> {
  const object = await headObject(state, upload.key)
  if (object === undefined)
    throw new BlobsError(
      'permanent',
      `the upload of the file ${file} is gone from S3, and there is no object of it`,
    )
  if (object.length !== lengthOf(tail))
    throw new BlobsError(
      'permanent',
      `S3 made ${object.length} bytes of the ${lengthOf(tail)} of the file ${file}`,
    )
  return object
}
