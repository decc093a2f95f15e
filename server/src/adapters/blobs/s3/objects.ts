import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { crc32Of } from './crc32.ts'
import { ifThere, onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

export interface SeenObject {
  readonly etag: string
  readonly length: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface Put {
  readonly key: string
  readonly body: Uint8Array
  readonly metadata?: Record<string, string>
  /** The etag that it replaces; undefined: there is none there. */
  readonly replaces: string | undefined
}

/** Throws what S3 says: callers tell a conflict from a fault. Answers the etag. */
export async function putObject(state: S3State, { key, body, metadata, replaces }: Put): Promise<string> {
  const condition = replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces }
  const answer = await state.clients.calls.send(
    new PutObjectCommand({
      Bucket: state.bucket,
      Key: key,
      Body: body,
      ContentLength: body.length,
      ContentType: 'application/octet-stream',
      ChecksumCRC32: crc32Of(body),
      ...(metadata !== undefined && { Metadata: metadata }),
      ...(state.conditions && condition),
      ...state.encryption,
    }),
  )
  return etagOf(answer, key)
}

export async function headObject(state: S3State, key: string): Promise<SeenObject | undefined> {
  return await onS3('looking at an object', async () => {
    const command = new HeadObjectCommand({ Bucket: state.bucket, Key: key })
    const answer = await ifThere(() => state.clients.calls.send(command))
    return answer === undefined ? undefined : seenOf(answer, key)
  })
}

export interface Get {
  readonly key: string
  /** Throws a conflict where the object has another. */
  readonly etag?: string | undefined
  /** First and last byte; the last one may be left open. */
  readonly range?: { readonly start: number; readonly end?: number } | undefined
}

/** Throws what S3 says. The body has to be read to its end, or destroyed. */
export async function getObject(
  state: S3State,
  { key, etag, range }: Get,
  signal: AbortSignal,
): Promise<GetObjectCommandOutput> {
  return await state.clients.reads.send(
    new GetObjectCommand({
      Bucket: state.bucket,
      Key: key,
      ...(etag !== undefined && { IfMatch: etag }),
      ...(range !== undefined && { Range: `bytes=${range.start}-${range.end ?? ''}` }),
    }),
    { abortSignal: signal },
  )
}

/** Gone afterwards, or never there. */
export async function deleteObject(state: S3State, key: string): Promise<void> {
  await onS3('removing an object', async () => {
    await ifThere(() => state.clients.calls.send(new DeleteObjectCommand({ Bucket: state.bucket, Key: key })))
  })
}

export function seenOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput, key: string): SeenObject {
  const { ContentLength: length, Metadata: metadata = {} } = answer
  if (length === undefined) throw incomplete(`the length of ${key}`)
  return { etag: etagOf(answer, key), length, metadata }
}

export function etagOf({ ETag: etag }: { readonly ETag?: string | undefined }, key: string): string {
  if (etag === undefined || etag === '') throw incomplete(`an etag of ${key}`)
  return etag
}

export function incomplete(what: string): BlobsError {
  return new BlobsError('permanent', `the answer of S3 lacks ${what}`)
}
