import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Place } from '../task.ts'
import { partBytes, partsInFlight, type S3Layer } from './s3-layer.ts'

/** The SDK as its manual has it: parts of a size, some at a time, on its defaults otherwise. */
export function s3SdkOn({ bucket, ...place }: S3Place): S3Layer {
  const client = new S3Client({ ...place, forcePathStyle: true })
  return {
    push: async (bytes) => {
      const object = { Bucket: bucket, Key: randomUUID() }
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
      const count = Math.ceil(bytes.length / partBytes)
      const parts: { PartNumber: number; ETag: string | undefined }[] = []
      let next = 0
      const work = async (): Promise<void> => {
        while (next < count) {
          const at = next++
          const Body = bytes.subarray(at * partBytes, (at + 1) * partBytes)
          const part = { ...object, UploadId, PartNumber: at + 1, Body }
          const { ETag } = await client.send(new UploadPartCommand(part))
          parts[at] = { PartNumber: at + 1, ETag }
        }
      }
      await Promise.all(Array.from({ length: partsInFlight }, work))
      await client.send(
        new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: parts } }),
      )
      return object.Key
    },
    pull: async (name, take) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }))
      for await (const chunk of Body as Readable) take(chunk as Uint8Array)
    },
    remove: async (name) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }))
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  }
}
