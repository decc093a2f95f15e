import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Content, digestOf, type Image, type ImageIndex } from './image.ts'

/** What a client that knows every type would ask for. */
const accept = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  '*/*',
].join(', ')

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

export interface ManifestDocument {
  readonly mediaType?: string
  readonly artifactType?: string
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly annotations?: Readonly<Record<string, string>>
}

/** Reads a manifest over plain HTTP, by tag or digest, and holds its headers against its bytes. */
export async function readManifest(url: string, repository: string, reference: string): Promise<Content> {
  const response = await fetch(`${url}/v2/${repository}/manifests/${reference}`, { headers: { accept } })
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200, `GET ${response.url}: ${bytes.toString()}`)
  const content = { mediaType: response.headers.get('content-type') ?? '', digest: digestOf(bytes), bytes }
  assert.equal(response.headers.get('docker-content-digest'), content.digest)
  return content
}

export function documentOf({ bytes }: Pick<Content, 'bytes'>): ManifestDocument {
  return JSON.parse(bytes.toString())
}

export async function readBlob(url: string, repository: string, digest: string): Promise<Buffer> {
  const response = await fetch(`${url}/v2/${repository}/blobs/${digest}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200, `GET ${response.url}`)
  assert.equal(digestOf(bytes), digest)
  return bytes
}

export async function statusOf(url: string, path: string, method = 'HEAD'): Promise<number> {
  const response = await fetch(`${url}${path}`, { method, headers: { accept } })
  await response.body?.cancel()
  return response.status
}

/** The referrers of a digest, as the registry lists them. */
export async function readReferrers(
  url: string,
  repository: string,
  digest: string,
): Promise<ManifestDocument> {
  const response = await fetch(`${url}/v2/${repository}/referrers/${digest}`)
  assert.equal(response.status, 200, `GET ${response.url}`)
  assert.equal(response.headers.get('content-type'), 'application/vnd.oci.image.index.v1+json')
  return (await response.json()) as ManifestDocument
}

export async function readTags(url: string, repository: string): Promise<string[]> {
  const response = await fetch(`${url}/v2/${repository}/tags/list`)
  assert.equal(response.status, 200, `GET ${response.url}`)
  return ((await response.json()) as { tags: string[] }).tags
}

/** Asserts that the repository serves an image byte for byte. */
export async function assertServes(
  url: string,
  repository: string,
  tag: string,
  image: Image,
): Promise<void> {
  assert.deepEqual(await readManifest(url, repository, tag), image.manifest)
  for (const { digest, bytes } of [image.config, ...image.layers]) {
    assert.ok((await readBlob(url, repository, digest)).equals(bytes), `${digest} has other bytes`)
  }
}

/** Asserts that an OCI layout folder holds every blob of some content with its bytes. */
export async function assertLayoutHolds(folder: string, content: Image | ImageIndex): Promise<void> {
  const images = 'index' in content ? content.images : [content]
  const tops = 'index' in content ? [content.index] : []
  for (const { digest, bytes } of [
    ...tops,
    ...images.flatMap((each) => [each.manifest, each.config, ...each.layers]),
  ]) {
    const found = await readFile(join(folder, 'blobs', digest.replace(':', '/')))
    assert.ok(found.equals(bytes), `${digest} has other bytes in ${folder}`)
  }
}
