import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { crc32Of } from './crc32.ts'
import type { SentPart } from './known-files.ts'
import { etagOf, incomplete } from './objects.ts'
import { faultOf, isUploadGone, onS3 } from './on-s3.ts'
import type { S3State } from './s3-state.ts'

export interface Upload {
  readonly key: string
  readonly id: string
}

export async function beginUpload(state: S3State, key: string): Promise<Upload> {
  return await onS3('beginning an upload', async () => {
    const { UploadId: id } = await state.clients.calls.send(
      new CreateMultipartUploadCommand({
        Bucket: state.bucket,
        Key: key,
        ContentType: 'application/octet-stream',
        ChecksumAlgorithm: 'CRC32',
        ...state.encryption,
      }),
    )
    if (id === undefined) throw incomplete('the id of an upload')
    return { key, id }
  })
}

/** S3 compares the checksum with what arrived. */
export async function sendPart(
  state: S3State,
  { key, id }: Upload,
  part: { readonly number: number; readonly body: Uint8Array },
): Promise<SentPart> {
  const { number, body } = part
  const crc32 = crc32Of(body)
  return await onS3(`sending part ${number}`, async () => {
    const answer = await state.clients.calls.send(
      new UploadPartCommand({
        Bucket: state.bucket,
        Key: key,
        UploadId: id,
        PartNumber: number,
        Body: body,
        ContentLength: body.length,
        ChecksumCRC32: crc32,
      }),
    )
    return { number, etag: etagOf(answer, key), crc32, bytes: body.length }
  })
}

/** The parts 1 to `count`; undefined: the upload is no more. */
export async function listParts(
  state: S3State,
  upload: Upload,
  count: number,
): Promise<readonly SentPart[] | undefined> {
  return await onS3('listing parts', async () => {
    const parts: SentPart[] = []
    try {
      for (let marker: string | undefined, more = true; more && parts.length < count; ) {
        const page = await state.clients.calls.send(
          new ListPartsCommand({
            Bucket: state.bucket,
            Key: upload.key,
            UploadId: upload.id,
            ...(marker !== undefined && { PartNumberMarker: marker }),
          }),
        )
        for (const {
          PartNumber: number = 0,
          ETag: etag = '',
          ChecksumCRC32: crc32 = '',
          Size,
        } of page.Parts ?? [])
          if (number <= count) parts.push({ number, etag, crc32, bytes: Size ?? 0 })
        more = page.IsTruncated === true
        marker = page.NextPartNumberMarker
      }
    } catch (error) {
      if (isUploadGone(error)) return undefined
      throw error
    }
    parts.sort((a, b) => a.number - b.number)
    if (parts.length === count && parts.every(({ number }, at) => number === at + 1)) return parts
    throw new BlobsError(
      'permanent',
      `S3 has lost parts of ${upload.key}: ${parts.length} of ${count} are left`,
    )
  })
}

/** Throws what S3 says: it is unsure whether the upload is complete. Each part must be the one named, by its etag. */
export async function completeUpload(
  state: S3State,
  { key, id }: Upload,
  parts: readonly SentPart[],
): Promise<string> {
  const input: CompleteMultipartUploadCommandInput = {
    Bucket: state.bucket,
    Key: key,
    UploadId: id,
    MultipartUpload: {
      Parts: parts.map(({ number, etag, crc32 }) => ({
        PartNumber: number,
        ETag: etag,
        ...(crc32 !== '' && { ChecksumCRC32: crc32 }),
      })),
    },
  }
  const send = async (condition: { IfNoneMatch?: string }): Promise<string> =>
    etagOf(
      await state.clients.calls.send(new CompleteMultipartUploadCommand({ ...input, ...condition })),
      key,
    )
  if (!state.conditions) return await send({})
  try {
    return await send({ IfNoneMatch: '*' })
  } catch (error) {
    // Some servers know the condition of a put, and not this one.
    if (faultOf(error).status !== 501) throw error
    return await send({})
  }
}

export async function abortUpload(state: S3State, { key, id }: Upload): Promise<void> {
  await onS3('giving up an upload', async () => {
    const command = new AbortMultipartUploadCommand({ Bucket: state.bucket, Key: key, UploadId: id })
    await state.clients.calls.send(command).catch((error: unknown) => {
      if (!isUploadGone(error)) throw error
    })
  })
}

export interface OpenUpload extends Upload {
  /** ms since 1970. */
  readonly begun: number
}

/** Those of keys that begin so, in the order of their keys. */
export async function* listUploads(state: S3State, prefix: string): AsyncGenerator<OpenUpload, void> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}
  while (marker !== undefined) {
    const from: { KeyMarker?: string; UploadIdMarker?: string } = marker
    const page = await onS3('listing uploads', () =>
      state.clients.calls.send(
        new ListMultipartUploadsCommand({ Bucket: state.bucket, Prefix: prefix, ...from }),
      ),
    )
    for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? [])
      if (key !== undefined && id !== undefined)
        yield { key, id, begun: Initiated?.getTime() ?? state.clock.now() }
    const { NextKeyMarker: next = '', NextUploadIdMarker: nextId = '' } = page
    marker =
      page.IsTruncated === true && next !== ''
        ? { KeyMarker: next, ...(nextId !== '' && { UploadIdMarker: nextId }) }
        : undefined
  }
}
