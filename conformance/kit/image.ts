import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type TarEntry, tar } from './tar.ts'

export interface Content {
  readonly mediaType: string
  readonly digest: string
  readonly bytes: Buffer
}

export interface Image {
  readonly manifest: Content
  readonly config: Content
  readonly layers: readonly Content[]
  /** What a container made of it would see. */
  readonly files: readonly TarEntry[]
}

export interface ImageIndex {
  readonly index: Content
  readonly images: readonly Image[]
}

export const ociIndex = 'application/vnd.oci.image.index.v1+json'
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const ociConfig = 'application/vnd.oci.image.config.v1+json'
const ociLayer = 'application/vnd.oci.image.layer.v1.tar+gzip'

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function contentOf(mediaType: string, value: Buffer | object): Content {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
  return { mediaType, digest: digestOf(bytes), bytes }
}

/** As a descriptor, image-spec v1.1 "OCI Content Descriptors". */
function described({ mediaType, digest, bytes }: Content): {
  mediaType: string
  digest: string
  size: number
} {
  return { mediaType, digest, size: bytes.length }
}

/** An image that was never seen before: one random file a layer, of the sizes given. Runs as it is on any machine. */
export function makeImage(sizes: readonly number[] = [100, 300_000], architecture = 'amd64'): Image {
  const files = sizes.map((size, index) => ({ name: `file-${index}`, content: randomBytes(size) }))
  const archives = files.map((file) => tar([file]))
  const layers = archives.map((archive) => contentOf(ociLayer, gzipSync(archive)))
  const config = contentOf(ociConfig, {
    architecture,
    os: 'linux',
    config: { Cmd: ['/file-0'], Labels: { 'test.nonce': randomBytes(8).toString('hex') } },
    rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
    history: files.map(({ name }) => ({ created: '2001-09-09T01:46:40Z', created_by: `adds ${name}` })),
  })
  const manifest = contentOf(ociManifest, {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: described(config),
    layers: layers.map(described),
  })
  return { manifest, config, layers, files }
}

/** One image for each architecture, and the index that names them. */
export function makeIndex(architectures: readonly string[] = ['amd64', 'arm64']): ImageIndex {
  const images = architectures.map((architecture) => makeImage([1000], architecture))
  const manifests = images.map(({ manifest }, at) => ({
    ...described(manifest),
    platform: { os: 'linux', architecture: architectures[at] },
  }))
  return { index: contentOf(ociIndex, { schemaVersion: 2, mediaType: ociIndex, manifests }), images }
}

/** Writes an OCI image layout (image-spec v1.1 "OCI Image Layout") whose index names one manifest, by tag. */
export async function writeLayout(folder: string, content: Image | ImageIndex, tag: string): Promise<void> {
  const images = 'index' in content ? content.images : [content]
  const top = 'index' in content ? content.index : content.manifest
  const blobs = images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers])
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
  for (const { digest, bytes } of [...blobs, top]) {
    await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes)
  }
  const named = { ...described(top), annotations: { 'org.opencontainers.image.ref.name': tag } }
  await writeFile(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [named] }),
  )
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
}
