import type { Artifact } from '../oci/content.ts'
import type { Answer, Ask, Asking } from './exchange.ts'

export interface Where {
  readonly ask: Ask
  readonly origin: string
  readonly repository: string
}

/** POST, then PUT with all bytes: the one way that every registry takes (distribution-spec "Pushing a blob monolithically"). */
export async function pushBlob(
  { ask, origin, repository }: Where,
  digest: string,
  body: readonly Uint8Array[],
): Promise<void> {
  const opened = await expect(202, ask, {
    method: 'POST',
    url: new URL(`/v2/${repository}/blobs/uploads/`, origin),
  })
  const url = new URL(opened.headers.location ?? '', origin)
  url.searchParams.set('digest', digest)
  await expect(201, ask, {
    method: 'PUT',
    url,
    headers: { 'content-type': 'application/octet-stream' },
    body,
  })
}

export async function pushArtifact(where: Where, tag: string, { manifest, blobs }: Artifact): Promise<void> {
  for (const { digest, bytes } of blobs) await pushBlob(where, digest, [bytes])
  await expect(201, where.ask, {
    method: 'PUT',
    url: new URL(`/v2/${where.repository}/manifests/${tag}`, where.origin),
    headers: { 'content-type': manifest.mediaType },
    body: [manifest.bytes],
  })
}

async function expect(status: number, ask: Ask, asking: Asking): Promise<Answer> {
  const answer = await ask(asking)
  if (answer.status === status) return answer
  const said = answer.body.toString('utf8', 0, 300)
  throw new Error(`${asking.method} ${asking.url.pathname} answered ${answer.status}, not ${status}: ${said}`)
}
