import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

export interface ListedObject {
  readonly key: string
  readonly bytes: number
  /** ms since 1970. */
  readonly changed: number
}

/** In the order of keys, after `after`. Holds one page at a time. */
export async function* listObjects(
  state: S3State,
  folder: string,
  after?: FileName,
): AsyncGenerator<ListedObject, void> {
  let from: string | undefined = after === undefined ? undefined : folder + after
  for (let more = true; more; ) {
    const start: string | undefined = from
    const page = await onS3('listing the bucket', () =>
      state.clients.calls.send(
        new ListObjectsV2Command({
          Bucket: state.bucket,
          Prefix: folder,
          ...(start !== undefined && { StartAfter: start }),
        }),
      ),
    )
    for (const { Key: key, Size: bytes = 0, LastModified: changed } of page.Contents ?? []) {
      if (key === undefined) continue
      from = key
      yield { key, bytes, changed: changed?.getTime() ?? state.clock.now() }
    }
    more = page.IsTruncated === true && from !== start
  }
}
