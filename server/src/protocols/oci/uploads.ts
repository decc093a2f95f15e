import type { BlobInfo, Body, UploadStatus } from '../../boot/registry.ts'
import { formatUploadRange, parseContentRange } from '../../domain/content-range.ts'
import { isDigestAlgorithm, parseDigest } from '../../domain/digest.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { toPush } from '../../domain/permission.ts'
import { parseRepositoryName, type RepositoryName } from '../../domain/repository-name.ts'
import { requestBytes } from '../../http/body.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { HeaderList } from '../../http/send.ts'
import { answer } from './answer.ts'
import type { Endpoint, Handle, OciCall, Target } from './call.ts'

/** "Pushing blobs": all begin here. What cannot be mounted is uploaded. */
const begin: Handle = async (call, target) => {
  const { exchange, registry, caller, settings } = call
  const { parameters } = exchange
  const digest = parameters.get('digest')
  const mount = parameters.get('mount')
  if (mount !== null) {
    const blob = await registry.uploads.mount(caller, target.repository, parseDigest(mount), source(call))
    if (blob !== undefined) return answerBlob(exchange, target, blob)
  } else if (digest !== null) {
    const wanted = parseDigest(digest)
    return answerBlob(
      exchange,
      target,
      await registry.uploads.push(caller, target.repository, wanted, bodyOf(exchange)),
    )
  }
  checkAlgorithm(exchange)
  const status = await registry.uploads.begin(caller, target.repository)
  const headers = progress(target, status)
  if (settings.chunkMinBytes > 0) headers.push('OCI-Chunk-Min-Length', String(settings.chunkMinBytes))
  answer(exchange, 202, headers)
}

/** "Pushing a blob in chunks": the next one, or without a Content-Range whatever comes. */
const append: Handle = async ({ exchange, registry, caller }, target) => {
  const status = await registry.uploads.append(caller, target.repository, target.argument, bodyOf(exchange))
  answer(exchange, 202, progress(target, status))
}

/** Closes the session, with its last chunk or without one. */
const finish: Handle = async ({ exchange, registry, caller }, target) => {
  const digest = parseDigest(exchange.parameters.get('digest') ?? '')
  const blob = await registry.uploads.finish(
    caller,
    target.repository,
    target.argument,
    digest,
    bodyOf(exchange),
  )
  answerBlob(exchange, target, blob)
}

/** Where an upload stands, for a client that was out of step. */
const status: Handle = async ({ exchange, registry, caller }, target) => {
  const found = await registry.uploads.status(caller, target.repository, target.argument)
  answer(exchange, 204, progress(target, found))
}

/** "Cancel a blob upload". */
const cancel: Handle = async ({ exchange, registry, caller }, target) => {
  await registry.uploads.cancel(caller, target.repository, target.argument)
  answer(exchange, 204, [])
}

function bodyOf(exchange: Exchange): Body {
  const length = exchange.bodyLength
  const range = exchange.header('content-range')
  return {
    bytes: requestBytes(exchange),
    ...(length === undefined ? {} : { length }),
    ...(range === undefined ? {} : { range: parseContentRange(range) }),
  }
}

/**
 * Where to mount from. undefined: from anywhere that the caller may read. So too for a name that no repository here
 * can have: a client names what it knows the blob from, and need not fail for it.
 */
function source({ exchange }: OciCall): RepositoryName | undefined {
  const from = exchange.parameters.get('from')
  if (from === null || from === '') return undefined
  try {
    return parseRepositoryName(from)
  } catch (error) {
    if (isRegistryError(error, 'name-invalid')) return undefined
    throw error
  }
}

/** Content is hashed by the digest that closes its upload: the announcement only has to be of one that can be had. */
function checkAlgorithm({ parameters }: Exchange): void {
  const text = parameters.get('digest-algorithm')
  if (text === null || isDigestAlgorithm(text)) return
  throw new RegistryError('parameter-invalid', {
    parameter: 'digest-algorithm',
    reason: 'it is not a supported one',
  })
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** The location has no query: some clients lose it when they add the digest. */
function progress({ name }: Target, { id, offset }: UploadStatus): HeaderList {
  return [
    'Location',
    `/v2/${name}/blobs/uploads/${id}`,
    'Range',
    formatUploadRange(offset),
    'Docker-Upload-UUID',
    uuid.exec(id)?.[0] ?? id,
  ]
}

function answerBlob(exchange: Exchange, { name }: Target, { digest }: BlobInfo): void {
  answer(exchange, 201, ['Location', `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest', digest])
}

export const uploads: Endpoint = { POST: { handle: begin, needs: toPush } }
export const upload: Endpoint = {
  GET: { handle: status, needs: toPush },
  HEAD: { handle: status, needs: toPush },
  PATCH: { handle: append, needs: toPush },
  PUT: { handle: finish, needs: toPush },
  DELETE: { handle: cancel, needs: toPush },
}
