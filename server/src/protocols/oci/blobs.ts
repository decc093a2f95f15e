import type { BlobContent, BlobInfo } from '../../boot/registry.ts'
import { type ByteRange, parseRange } from '../../domain/byte-range.ts'
import { parseDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { isUnchanged, rangeHeader } from '../../http/conditions.ts'
import { type HeaderList, send, sendHead, sendStream } from '../../http/send.ts'
import { answer, everyAnswer } from './answer.ts'
import { immutableFor } from './caching.ts'
import { type Endpoint, type Handle, type OciCall, reading, type Target } from './call.ts'

/** "Checking if content exists in the registry". */
const head: Handle = (call, target) => {
  const info = call.registry.blobs.stat(call.caller, target.repository, parseDigest(target.argument))
  return info instanceof Promise
    ? info.then((found) => answerInfo(call, target, found))
    : answerInfo(call, target, info)
}

function answerInfo(call: OciCall, target: Target, info: BlobInfo): void {
  if (isUnchanged(call.exchange, info.digest)) answerUnchanged(call, target, info)
  else {
    const headers = headersOf(call, target, info)
    headers.push('Content-Length', String(info.size))
    sendHead(call.exchange, 200, headers)
  }
}

/** "Pulling blobs", with one range of RFC 9110 section 14. */
const get: Handle = (call, target) => {
  const { exchange, registry, caller } = call
  const digest = parseDigest(target.argument)
  if (isUnchanged(exchange, digest)) return head(call, target)
  const range = rangeHeader(exchange, digest)
  const wanted = range === undefined ? undefined : (size: number) => wantedRange(range, size)
  const content = registry.blobs.open(caller, target.repository, digest, wanted)
  return content instanceof Promise
    ? content.then((opened) => answerContent(call, target, opened))
    : answerContent(call, target, content)
}

function answerContent(call: OciCall, target: Target, content: BlobContent): void | Promise<void> {
  if (content.elsewhere !== undefined) return answerElsewhere(call, content, content.elsewhere)
  const status = content.range === undefined ? 200 : 206
  const headers = contentHeaders(call, target, content)
  if (content.inline === undefined) return streamContent(call, status, headers, content)
  send(call.exchange, status, headers, content.inline)
}

/** "Pulling blobs": a registry may answer with a redirect. The link is good for a while, so nobody may keep the answer. */
function answerElsewhere({ exchange }: OciCall, { digest }: BlobInfo, { href }: URL): void {
  answer(exchange, 307, ['Location', href, 'Docker-Content-Digest', digest, 'Cache-Control', 'no-store'])
}

async function streamContent(
  { exchange }: OciCall,
  status: number,
  headers: HeaderList,
  content: BlobContent,
): Promise<void> {
  await using opened = content
  headers.push('Content-Length', String(lengthOf(opened)))
  await sendStream(exchange, status, headers, opened.bytes)
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

export const blob: Endpoint = {
  ...reading(get, head),
  DELETE: { handle: remove, needs: 'artifacts:delete' },
}
