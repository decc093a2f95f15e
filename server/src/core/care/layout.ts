import { type Digest, digestAlgorithm, digestHex } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { mediaTypes } from '../../domain/media-type.ts'

/** The files of an image layout (OCI image-spec, image-layout.md). */
export const layoutFile = 'oci-layout'
export const indexFile = 'index.json'
export const layoutVersion = '1.0.0'

/** The tag of a descriptor in the index (image-spec, annotations.md). */
export const refName = 'org.opencontainers.image.ref.name'

export const layoutLimits: {
  /** Bytes of index.json. */
  readonly indexBytes: 33554432
  /** Manifests of one layout, those that others name included. */
  readonly manifests: 100000
  /** Blobs of one layout. */
  readonly blobs: 1000000
  /** Indexes that stand in indexes. */
  readonly depth: 16
} = { indexBytes: 33_554_432, manifests: 100_000, blobs: 1_000_000, depth: 16 }

/** What stands in an index.json. */
export interface LayoutDescriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** Where clients without the referrers API look for what speaks of a digest (distribution-spec, "Referrers Tag Schema"). */
export function referrersTag(subject: Digest): string {
  return `${digestAlgorithm(subject)}-${digestHex(subject).slice(0, referrersTagHex)}`
}

export function isReferrersTag(name: string): boolean {
  return /^[a-z0-9]+-[0-9a-f]{64}$/.test(name)
}

/** So many digits of the digest stand in the tag. */
const referrersTagHex = 64

export function layoutPathOf(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`
}

/** What others call manifests too: whatever else an index names is taken for a blob, as caches do that list layers. */
export function isManifestType(mediaType: string): boolean {
  return manifestTypes.has(mediaType)
}

const manifestTypes: ReadonlySet<string> = new Set([
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.ociArtifact,
  mediaTypes.dockerManifest,
  mediaTypes.dockerManifestList,
])

export function refusedLayout(reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: 'image layout', reason })
}

export function tooLarge(what: string, limit: number): RegistryError<'too-large'> {
  return new RegistryError('too-large', { what: `the image layout's number of ${what}`, limit })
}
