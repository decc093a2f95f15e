import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { type Answer, type Ask, ask as askOnce } from '../../kit/http-client.ts'
import { blobs, type Manifest, manifests, type Piece, repositories, tags } from './content.ts'
import type { Driver } from './driver.ts'
import type { Request } from './plain-registry.ts'

// One connection after the other: each may belong to another thread of the server.
const agent = new Agent({ keepAlive: true, scheduling: 'fifo' })
const ask = (url: string, what: Ask): Promise<Answer> => askOnce(url, { ...what, agent })

/** Sends a request as a client would; answers what it saw, in the words of `step`. Content that is not what it should be throws. */
export async function send(
  { url, namespace }: Pick<Driver, 'url' | 'namespace'>,
  request: Exclude<Request, { do: 'collect' }>,
): Promise<string> {
  const path = `/v2/${namespace}/${repositories[request.repository]}`
  switch (request.do) {
    case 'push-blob': {
      const { bytes, digest } = blobs[request.blob] as Piece
      const body = { method: 'POST', path: `${path}/blobs/uploads/?digest=${digest}`, body: bytes }
      const headers = { 'Content-Type': 'application/octet-stream' }
      return String((await ask(url, { ...body, headers })).status)
    }
    case 'head-blob':
    case 'delete-blob': {
      const method = request.do === 'head-blob' ? 'HEAD' : 'DELETE'
      return String((await ask(url, { method, path: blobPath(path, request.blob) })).status)
    }
    case 'get-blob': {
      const { status, body } = await ask(url, { path: blobPath(path, request.blob) })
      if (status === 200)
        assert.ok(body.equals((blobs[request.blob] as Piece).bytes), 'a blob is not what was pushed')
      return String(status)
    }
    case 'mount': {
      const { digest } = blobs[request.blob] as Piece
      const from = encodeURIComponent(`${namespace}/${repositories[1 - request.repository]}`)
      const target = `${path}/blobs/uploads/?mount=${digest}&from=${from}`
      return String((await ask(url, { method: 'POST', path: target })).status)
    }
    case 'push-manifest': {
      const { bytes, digest, mediaType } = manifests[request.manifest] as Manifest
      const reference = request.tag === undefined ? digest : tags[request.tag]
      const headers = { 'Content-Type': mediaType }
      return String(
        (await ask(url, { method: 'PUT', path: `${path}/manifests/${reference}`, headers, body: bytes }))
          .status,
      )
    }
    case 'head-manifest':
    case 'delete-manifest': {
      const method = request.do === 'head-manifest' ? 'HEAD' : 'DELETE'
      const { digest } = manifests[request.manifest] as Manifest
      return String((await ask(url, { method, path: `${path}/manifests/${digest}` })).status)
    }
    case 'get-manifest': {
      const { bytes, digest } = manifests[request.manifest] as Manifest
      const { status, body } = await ask(url, { path: `${path}/manifests/${digest}` })
      if (status === 200) assert.ok(body.equals(bytes), 'a manifest is not what was pushed')
      return String(status)
    }
    case 'get-tag': {
      const { status, body } = await ask(url, { path: `${path}/manifests/${tags[request.tag]}` })
      if (status !== 200) return String(status)
      return `200 ${manifests.findIndex(({ bytes }) => bytes.equals(body))}`
    }
    case 'delete-tag':
      return String(
        (await ask(url, { method: 'DELETE', path: `${path}/manifests/${tags[request.tag]}` })).status,
      )
    case 'referrers': {
      const { digest } = manifests[request.manifest] as Manifest
      const { status, body } = await ask(url, { path: `${path}/referrers/${digest}` })
      const { manifests: found } = JSON.parse(body.toString()) as { manifests: { digest: string }[] }
      return `${status} ${found
        .map(placeOf)
        .toSorted((a, b) => a - b)
        .join()}`
    }
    case 'list-tags': {
      const { status, body } = await ask(url, { path: `${path}/tags/list` })
      // A repository that was never pushed to has no name yet.
      if (status === 404) return '200 '
      return `${status} ${(JSON.parse(body.toString()) as { tags: string[] }).tags.join()}`
    }
    case 'history': {
      const { status, body } = await ask(url, { path: `${path}/_lading/tags/${tags[request.tag]}/history` })
      if (status === 404) return '200 '
      const { entries } = JSON.parse(body.toString()) as {
        entries: { digest: string | null; kept?: boolean }[]
      }
      const shown = entries.map(
        ({ digest, kept }) => `${digest ? placeOf({ digest }) : -1}${digest && kept === false ? '-' : ''}`,
      )
      return `${status} ${shown.toReversed().join()}`
    }
  }
}

const blobPath = (path: string, at: number): string => `${path}/blobs/${(blobs[at] as Piece).digest}`

const placeOf = ({ digest }: { readonly digest: string }): number =>
  manifests.findIndex((manifest) => manifest.digest === digest)
