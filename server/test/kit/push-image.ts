import assert from 'node:assert/strict'
import type { Content, Image } from '../../../conformance/kit/image.ts'
import { type Answer, type Ask, ask } from './http-client.ts'

const chunkBytes = 1024 * 1024

/** Pushes blobs and manifest, what is larger than 1 MiB in chunks. */
export async function pushImage(url: string, repository: string, tag: string, image: Image): Promise<void> {
  for (const blob of [image.config, ...image.layers]) await pushBlob(url, repository, blob)
  await pushManifest(url, repository, tag, image.manifest)
}

export async function pushManifest(
  url: string,
  repository: string,
  reference: string,
  { bytes, mediaType, digest }: Content,
): Promise<void> {
  const path = `/v2/${repository}/manifests/${reference}`
  const headers = { 'Content-Type': mediaType }
  const pushed = await expectStatus(201, url, { method: 'PUT', path, headers, body: bytes })
  assert.equal(pushed.headers['docker-content-digest'], digest)
}

export async function pushBlob(
  url: string,
  repository: string,
  { bytes, digest }: Pick<Content, 'bytes' | 'digest'>,
): Promise<void> {
  let location = await beginUpload(url, repository)
  let sent = 0
  for (; bytes.length - sent > chunkBytes; sent += chunkBytes) {
    location = await pushChunk(url, location, bytes.subarray(sent, sent + chunkBytes), sent)
  }
  await finishUpload(url, location, bytes.subarray(sent), digest)
}

/** Where the upload goes on. */
export async function beginUpload(url: string, repository: string): Promise<string> {
  const begun = await expectStatus(202, url, { method: 'POST', path: `/v2/${repository}/blobs/uploads/` })
  return begun.headers.location ?? ''
}

/** Appends at `offset`; answers where the upload goes on. */
export async function pushChunk(
  url: string,
  path: string,
  body: Uint8Array,
  offset: number,
): Promise<string> {
  const end = offset + body.length - 1
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Range': `${offset}-${end}` }
  const { headers: told } = await expectStatus(202, url, { method: 'PATCH', path, headers, body })
  assert.equal(told['range'], `0-${end}`)
  return told.location ?? ''
}

export async function finishUpload(
  url: string,
  location: string,
  body: Uint8Array,
  digest: string,
): Promise<void> {
  const path = `${location}?digest=${digest}`
  const finished = await expectStatus(201, url, { method: 'PUT', path, body })
  assert.equal(finished.headers['docker-content-digest'], digest)
}

export async function expectStatus(status: number, url: string, request: Ask): Promise<Answer> {
  const answer = await ask(url, request)
  assert.equal(answer.status, status, `${request.method ?? 'GET'} ${request.path}: ${answer.text()}`)
  return answer
}
