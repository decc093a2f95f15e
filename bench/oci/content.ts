import { createHash, randomBytes } from 'node:crypto'

export interface Content {
  readonly mediaType: string
  readonly digest: string
  readonly bytes: Buffer
}

/** An artifact that was never seen before. */
export interface Artifact {
  readonly manifest: Content
  readonly blobs: readonly Content[]
}

/** What stands in every target before it is read from. */
export interface Seed {
  readonly repository: string
  readonly tag: string
  readonly artifact: Artifact
  /** 1 KiB, one of the artifact's blobs. */
  readonly small: Content
  /** 100 MiB. */
  readonly large: Content
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
export const largeBytes: number = 100 * 1024 * 1024
const smallBytes = 1024

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** One config, one layer of that many random bytes, and the manifest that names them. */
export function makeArtifact(layerBytes: number): Artifact {
  const layer = contentOf(layerType, randomBytes(layerBytes))
  const config = contentOf(
    configType,
    Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Labels: { 'bench.nonce': randomBytes(8).toString('hex') } },
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      }),
    ),
  )
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: described(config),
    layers: [described(layer)],
  }
  return { manifest: contentOf(manifestType, Buffer.from(JSON.stringify(manifest))), blobs: [config, layer] }
}

export function makeSeed(): Seed {
  const artifact = makeArtifact(smallBytes)
  const small = artifact.blobs.find(({ bytes }) => bytes.length === smallBytes)
  if (small === undefined) throw new Error(`no blob of ${smallBytes} bytes in the artifact`)
  const large = contentOf(layerType, randomBytes(largeBytes))
  return { repository: 'bench/app', tag: 'v1', artifact, small, large }
}

export function contentOf(mediaType: string, bytes: Buffer): Content {
  return { mediaType, digest: digestOf(bytes), bytes }
}

/** As a descriptor, image-spec v1.1 "OCI Content Descriptors". */
function described({ mediaType, digest, bytes }: Content): object {
  return { mediaType, digest, size: bytes.length }
}
