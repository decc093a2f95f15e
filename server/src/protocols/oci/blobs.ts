import type { BlobContent, BlobInfo } from '../../boot/registry.ts'
import { type ByteRange, parseRange } from '../../domain/byte-range.ts'
import { parseDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { isUnchanged, rangeHeader } from '../../http/conditions.ts'
import { type HeaderList, send, sendHead, sendStream } from '../../http/send.ts'
import { answer, everyAnswer } from './answer.ts'
import { immutableFor } from './caching.ts'
import type { Endpoint, Handle, OciCall, Target } from './call.ts'

/** "Checking if content exists in the registry". */
const head: Handle = async (call, target) => {
  const info = await call.registry.blobs.stat(call.caller, target.repository, parseDigest(target.argument))
  if (isUnchanged(call.exchange, info.digest)) return answerUnchanged(call, target, info)
  sendHead(call.exchange, 200, [...headersOf(call, target, info), 'Content-Length', String(info.size)])
}

/** "Pulling blobs", with one range of RFC 9110 section 14. */
const get: Handle = async (call, target) => {
  const { exchange, registry, caller } = call
  const digest = parseDigest(target.argument)
  if (isUnchanged(exchange, digest)) {
    return answerUnchanged(call, target, await registry.blobs.stat(caller, target.repository, digest))
  }
  const range = rangeHeader(exchange, digest)
  const wanted = range === undefined ? undefined : (size: number) => wantedRange(range, size)
  await using content = await registry.blobs.open(caller, target.repository, digest, wanted)
  const status = content.range === undefined ? 200 : 206
  const headers = contentHeaders(call, target, content)
  if (content.inline !== undefined) return send(exchange, status, headers, content.inline)
  headers.push('Content-Length', String(lengthOf(content)))
  await sendStream(exchange, status, headers, content.bytes)
}

/** "Deleting Blobs". */
const remove: Handle = async ({ exchange, registry, caller }, { repository, argument }) => {
  await registry.blobs.delete(caller, repository, parseDigest(argument))
  answer(exchange, 202, [])
}

function wantedRange(header: string, size: number): ByteRange | undefined {
  const range = parseRange(header, size)
  if (range === 'unsatisfiable') throw new RegistryError('range-unsatisfiable', { size })
  return range === 'whole' ? undefined : range
}

function contentHeaders(call: OciCall, target: Target, content: BlobContent): HeaderList {
  const headers = headersOf(call, target, content)
  const { range, size } = content
  if (range !== undefined) headers.push('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
  return headers
}

function lengthOf({ range, size }: BlobContent): number {
  return range === undefined ? size : range.end - range.start + 1
}

function headersOf(call: OciCall, target: Target, { digest }: BlobInfo): HeaderList {
  return [
    ...validators(call, target, digest),
    'Content-Type',
    'application/octet-stream',
    'Accept-Ranges',
    'bytes',
    ...everyAnswer,
  ]
}

function answerUnchanged(call: OciCall, target: Target, { digest }: BlobInfo): void {
  answer(call.exchange, 304, validators(call, target, digest))
}

function validators(call: OciCall, target: Target, digest: string): HeaderList {
  return ['Docker-Content-Digest', digest, 'ETag', `"${digest}"`, 'Cache-Control', immutableFor(call, target)]
}

export const blob: Endpoint = { methods: { GET: get, HEAD: head, DELETE: remove }, needs: 'by-method' }
