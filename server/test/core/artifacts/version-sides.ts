import type { DiffSide } from '../../../src/core/artifacts/diff-versions.ts'
import type { EdgeRow } from '../../../src/core/artifacts/tables.ts'
import type { Descriptor, Platform } from '../../../src/domain/descriptor.ts'
import type { Digest } from '../../../src/domain/digest.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { mediaTypes } from '../../../src/domain/media-type.ts'
import type { JsonObject } from '../../../src/domain/strict-json.ts'

export interface SideOf {
  readonly version?: string
  readonly document?: JsonObject
  /** undefined: there is none. */
  readonly source?: string | Uint8Array
  /** How the file of the source is called; empty: it has no title. */
  readonly sourceName?: string
  /** Titles and texts; an empty title is none. */
  readonly files?: readonly (readonly [title: string, text: string])[]
  readonly platforms?: readonly Platform[]
  readonly edges?: readonly Partial<EdgeRow>[]
}

export const digestOfText = (text: string | Uint8Array): Digest =>
  digestOf(typeof text === 'string' ? Buffer.from(text) : text)

/** One side of a comparison, as it would have been read. */
export function sideOf(side: SideOf): DiffSide {
  const {
    version = '1.0.0',
    document = {},
    source,
    sourceName = 'main.txt',
    files = [],
    platforms = [],
  } = side
  const bytes = typeof source === 'string' ? Buffer.from(source) : (source ?? new Uint8Array())
  const layer = (title: string, text: string | Uint8Array): Descriptor => ({
    mediaType: 'text/plain',
    digest: digestOfText(text),
    size: Buffer.byteLength(text),
    ...(title !== '' && { annotations: { 'org.opencontainers.image.title': title } }),
  })
  return {
    version: {
      version,
      digest: digestOfText(version),
      manifest: {
        mediaType: mediaTypes.ociManifest,
        artifactType: undefined,
        layers: [
          ...(source === undefined ? [] : [layer(sourceName, source)]),
          ...files.map(([title, text]) => layer(title, text)),
        ],
        manifests: platforms.map((platform) => ({
          ...layer('', JSON.stringify([version, platform])),
          platform,
        })),
        annotations: {},
        links: [],
      },
      document,
      sourceDigest: source === undefined ? undefined : digestOfText(source),
      source: bytes,
      unread: {},
    },
    edges: (side.edges ?? []).map((edge) => ({
      artifact: 'one',
      version,
      relation: 'uses',
      target: 'skill:acme/one',
      range: '',
      ...edge,
    })),
  }
}
