import type { ManifestContent, ManifestInfo } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { toPush } from '../../domain/permission.ts'
import { parseTimestamp } from '../../domain/rfc3339.ts'
import { isTag, parseTagOrDigest, type TagOrDigest } from '../../domain/tag.ts'
import { isUnchanged } from '../../http/conditions.ts'
import { type HeaderList, send, sendHead } from '../../http/send.ts'
import { answer, everyAnswer } from './answer.ts'
import { immutableFor, mutable } from './caching.ts'
import { type Endpoint, type Handle, type OciCall, reading, type Target } from './call.ts'
import { putManifest } from './manifest-push.ts'
import { preconditionOf } from './precondition.ts'

/**
 * "Pulling manifests". The Accept header is not asked: a manifest has one form, that in which it was pushed, a refusal
 * would break clients which leave their newer types out, and they check the Content-Type themselves.
 */
const get: Handle = (call, target) => {
  const reference = readable(target)
  const at = call.exchange.search === '' ? null : call.exchange.parameters.get('at')
  const { manifests } = call.registry
  // A HEAD comes here too, and takes nothing along.
  const isPull = call.exchange.method === 'GET'
  const found =
    at === null
      ? manifests.get(target.repository, referred(reference), isPull)
      : manifests.getAt(target.repository, tagOf(reference), parseTimestamp(at, 'at'), isPull)
  // A hit in memory is answered within this call: no promise is made for it.
  const answerWith = (content: ManifestContent): void => answerContent(call, target, reference, content)
  return found instanceof Promise ? found.then(answerWith) : answerWith(found)
}

/**
 * "Checking if content exists in the registry". A client that may write skips a push when it sees 200: it is told what
 * the store says, never what a cache remembers of a store that others change too. Unlike a blob's, a
 * manifest's time is not renewed: it stays, or where a namespace lets untagged ones go after days without a pull, the
 * push that would name one which has just gone is told so. Others are about to pull.
 */
const head: Handle = (call, target) => {
  const { registry, caller, exchange } = call
  if (exchange.search !== '' || !registry.access.may(caller.principal, toPush, target.repository)) {
    return get(call, target)
  }
  const reference = readable(target)
  const info = registry.manifests.stat(caller, target.repository, referred(reference))
  const answerWith = (found: ManifestInfo): void => answerInfo(call, target, reference, found)
  return info instanceof Promise ? info.then(answerWith) : answerWith(info)
}

/** "Deleting tags", "Deleting Manifests". */
const remove: Handle = async ({ exchange, registry, caller }, target) => {
  await registry.manifests.delete(
    caller,
    target.repository,
    referred(readable(target)),
    preconditionOf(exchange),
  )
  answer(exchange, 202, [])
}

/** A tag that no push could have made is not there, rather than wrong: 404. A digest of no known form is wrong. */
function readable({ argument }: Target): TagOrDigest {
  if (!argument.includes(':') && !isTag(argument)) {
    throw new RegistryError('manifest-unknown', { reference: argument })
  }
  return parseTagOrDigest(argument)
}

function referred(reference: TagOrDigest): Parameters<OciCall['registry']['manifests']['get']>[1] {
  return reference.kind === 'tag' ? reference.tag : reference.digest
}

function tagOf(reference: TagOrDigest): Parameters<OciCall['registry']['manifests']['getAt']>[1] {
  if (reference.kind === 'tag') return reference.tag
  throw new RegistryError('parameter-invalid', {
    parameter: 'at',
    reason: 'only a tag has a history, not a digest',
  })
}

function answerContent(
  call: OciCall,
  target: Target,
  reference: TagOrDigest,
  content: ManifestContent,
): void {
  const { exchange } = call
  if (exchange.request.headers['if-none-match'] !== undefined && isUnchanged(exchange, content.digest)) {
    answerUnchanged(call, target, reference, content)
  } else {
    const headers = headersOf(call, target, reference, content)
    headers.push('Content-Type', content.mediaType)
    send(exchange, 200, headers, content.bytes)
  }
}

function answerInfo(call: OciCall, target: Target, reference: TagOrDigest, info: ManifestInfo): void {
  if (isUnchanged(call.exchange, info.digest)) answerUnchanged(call, target, reference, info)
  else {
    const headers = headersOf(call, target, reference, info)
    headers.push('Content-Type', info.mediaType, 'Content-Length', String(info.size))
    sendHead(call.exchange, 200, headers)
  }
}

function answerUnchanged(call: OciCall, target: Target, reference: TagOrDigest, info: ManifestInfo): void {
  send(call.exchange, 304, headersOf(call, target, reference, info))
}

function headersOf(
  call: OciCall,
  target: Target,
  reference: TagOrDigest,
  { digest, mediaType }: ManifestInfo,
): HeaderList {
  return [
    'Docker-Content-Digest',
    digest,
    'ETag',
    `"${digest}"`,
    'Cache-Control',
    reference.kind === 'tag' ? mutable : immutableFor(call, target),
    ...everyAnswer,
    ...defences(mediaType),
  ]
}

/**
 * Who pushes chooses the type, and with it what a browser does with the content on this registry's origin: of the types
 * that a manifest may have, only JSON is certain to be shown and never run. A 304 says it too, since its headers replace
 * those of the answer that the browser kept (RFC 9111 section 3.2).
 */
function defences(mediaType: string): readonly string[] {
  const json =
    mediaType.startsWith('application/') && (mediaType.endsWith('+json') || mediaType.endsWith('/json'))
  return json ? none : inert
}

const none: readonly string[] = []
const inert: readonly string[] = [
  'Content-Disposition',
  'attachment',
  'Content-Security-Policy',
  "sandbox; default-src 'none'",
]

export const manifest: Endpoint = {
  ...reading(get, head),
  PUT: { handle: putManifest, needs: toPush },
  // Which of them is told by what is named.
  DELETE: { handle: remove, needs: ['artifacts:delete', 'tags:delete'] },
}
