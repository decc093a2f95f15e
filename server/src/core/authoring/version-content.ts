import type { ArtifactMetadata } from '../../domain/artifact.ts'
import { canonicalJson } from '../../domain/canonical-json.ts'
import type { Digest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Kind } from '../../kinds/kind.ts'
import { documentType } from '../artifacts/document-type.ts'

/** What one version consists of, before it has a digest. */
export interface VersionContent {
  readonly kind: Kind
  readonly namespace: string
  readonly slug: string
  readonly version: string
  readonly metadata: ArtifactMetadata
  /** The kind's own part; undefined where there is none. */
  readonly document: JsonObject | undefined
  readonly source: Uint8Array
  /** Beside the source, each name once. */
  readonly files: readonly VersionFile[]
  /** ms since 1970. */
  readonly createdAt: number
}

/** A file of a version: new, or one that the repository holds already. */
export type VersionFile =
  | { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly mediaType: string; readonly digest: Digest; readonly size: number }

/** Bytes with their digest. */
export interface Part {
  readonly digest: Digest
  readonly bytes: Uint8Array
}

/** The manifest of a version and the blobs that it names, each digest once. The same content makes the same bytes. */
export interface VersionParts {
  readonly manifest: Part
  /** Of the blob that holds the source. */
  readonly source: Digest
  readonly blobs: readonly Part[]
}

/** A member `document` beside what every kind says of itself. */
export type VersionDocument = Readonly<Record<string, unknown>>

const encoder = new TextEncoder()
/** OCI image specification, "Pre-Defined Annotation Keys": what clients call a layer's file. */
export const titleAnnotation = 'org.opencontainers.image.title'

export function versionParts(content: VersionContent): VersionParts {
  const config = partOf(encoder.encode(canonicalJson(documentOf(content))))
  const source = partOf(content.source)
  const files = content.files.map(layerOf)
  const type = documentType(content.kind.name)
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: type,
    config: { mediaType: type, digest: config.digest, size: config.bytes.length },
    layers: [
      {
        mediaType: content.kind.sourceType,
        digest: source.digest,
        size: source.bytes.length,
        annotations: { [titleAnnotation]: content.kind.fileName(content.slug) },
      },
      ...files.map(({ name, mediaType, digest, size }) => ({
        mediaType,
        digest,
        size,
        annotations: { [titleAnnotation]: name },
      })),
    ],
    annotations: annotationsOf(content),
  }
  const coming = [config, source, ...files.flatMap(({ digest, bytes }) => (bytes ? [{ digest, bytes }] : []))]
  const blobs = [...new Map(coming.map((part) => [part.digest, part])).values()]
  return { manifest: partOf(encoder.encode(canonicalJson(manifest))), source: source.digest, blobs }
}

function layerOf(file: VersionFile): {
  readonly name: string
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly bytes?: Uint8Array
} {
  if (!('bytes' in file)) return file
  return { ...file, ...partOf(file.bytes), size: file.bytes.length }
}

function partOf(bytes: Uint8Array): Part {
  return { digest: digestOf(bytes), bytes }
}

/** What is not said is not there. */
function documentOf(content: VersionContent): VersionDocument {
  const { kind, namespace, slug, version, metadata, document } = content
  const said = Object.entries(metadata).filter(([, value]) => !isNothing(value))
  return {
    kind: kind.name,
    namespace,
    slug,
    version,
    ...Object.fromEntries(said),
    ...(document !== undefined && { document }),
  }
}

function isNothing(value: unknown): boolean {
  if (value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** OCI image specification, "Pre-Defined Annotation Keys". */
function annotationsOf({ metadata, version, createdAt }: VersionContent): Readonly<Record<string, string>> {
  const all = {
    title: metadata.name,
    description: metadata.description,
    version,
    authors: metadata.author,
    licenses: metadata.license,
    source: metadata.repository,
    url: metadata.homepage,
    created: new Date(createdAt).toISOString(),
  }
  const said = Object.entries(all).filter(([, value]) => value !== '')
  return Object.fromEntries(said.map(([name, value]) => [`org.opencontainers.image.${name}`, value]))
}
