import { canonicalJson } from '../../domain/canonical-json.ts'
import type { Digest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import { gzipOf, tarOf } from './archive.ts'
import { Chance } from './chance.ts'
import type { SeededArtifact, SeededVersion } from './seeded-artifact.ts'
import type { SeedChoice } from './seeded-identity.ts'
import { subjects } from './words.ts'

/** What clients push who know nothing of artifacts: blobs, then the manifest that names them. */
export interface SeededPush {
  readonly blobs: readonly Content[]
  readonly manifest: Uint8Array
}

export interface Content {
  readonly mediaType: string
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly annotations?: Readonly<Record<string, string>>
}

/** They come as their clients bring them; every other kind is made as its author makes it. */
export const pushedKinds: ReadonlySet<string> = new Set(['image', 'chart', 'file'])

const encoder = new TextEncoder()

/** @throws Error for a kind that nobody pushes */
export function seededPush(choice: SeedChoice, artifact: SeededArtifact, version: SeededVersion): SeededPush {
  switch (artifact.kind) {
    case 'image':
      return imageOf(choice, artifact, version)
    case 'chart':
      return chartOf(artifact, version)
    case 'file':
      return fileOf(artifact, version)
    default:
      throw new Error(`${artifact.kind} is not pushed`)
  }
}

/** Bases that many images stand on. */
const bases = 24

/** An image that can be run nowhere, and unpacked anywhere. */
function imageOf(choice: SeedChoice, artifact: SeededArtifact, version: SeededVersion): SeededPush {
  const chance = new Chance('layers', choice.seed, artifact.index)
  const below = Array.from({ length: 1 + chance.int(2) }, (_, depth) =>
    baseLayer(chance.skewed(bases), depth),
  )
  const own = layerOf({
    [`app/${artifact.slug}`]: `#!/bin/sh\necho ${artifact.slug} ${version.version}\n`,
    'app/README.md': version.source,
  })
  const layers = [...below, own]
  const config = contentOf(
    mediaTypes.ociConfig,
    canonicalJson({
      architecture: 'amd64',
      os: 'linux',
      created: new Date(version.at).toISOString(),
      config: { Entrypoint: [`/app/${artifact.slug}`], Labels: { version: version.version } },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  )
  return pushOf(artifact, version, { config, layers })
}

function baseLayer(number: number, depth: number): Content {
  const chance = new Chance('base', number, depth)
  const name = `${subjects[number % subjects.length] ?? ''}-${number}`
  const text = Array.from({ length: 40 + chance.int(400) }, () => chance.pick(subjects)).join(' ')
  return layerOf({ [`usr/share/${name}-${depth}/contents`]: text })
}

/** Not compressed, so that its digest is the one by which the config names it. */
function layerOf(files: Readonly<Record<string, string>>): Content {
  return contentOf('application/vnd.oci.image.layer.v1.tar', tarOf(files))
}

function chartOf(artifact: SeededArtifact, version: SeededVersion): SeededPush {
  const { slug, metadata } = artifact
  const about = {
    apiVersion: 'v2',
    name: slug,
    description: metadata.description,
    version: version.version,
    type: 'application',
  }
  const lines = Object.entries(about).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
  const archive = gzipOf(
    tarOf({ [`${slug}/Chart.yaml`]: lines.join(''), [`${slug}/values.yaml`]: `replicas: 1\n` }),
  )
  return pushOf(artifact, version, {
    config: contentOf('application/vnd.cncf.helm.config.v1+json', canonicalJson(about)),
    layers: [contentOf('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
  })
}

function fileOf(artifact: SeededArtifact, version: SeededVersion): SeededPush {
  const text = `# ${artifact.title}\n\n${String(artifact.metadata.description)}\n\n${version.source}`
  const file = contentOf('text/markdown', text)
  const annotations = { 'org.opencontainers.image.title': `${artifact.slug}.md` }
  return pushOf(artifact, version, {
    config: contentOf(mediaTypes.ociEmpty, '{}'),
    layers: [{ ...file, annotations }],
    artifactType: 'application/vnd.example.document.v1',
  })
}

interface Parts {
  readonly config: Content
  readonly layers: readonly Content[]
  readonly artifactType?: string
}

function pushOf({ metadata }: SeededArtifact, { version, at }: SeededVersion, parts: Parts): SeededPush {
  const { config, layers, artifactType } = parts
  const annotations = {
    title: metadata.name,
    description: metadata.description,
    version,
    authors: metadata.author,
    licenses: metadata.license,
    created: new Date(at).toISOString(),
  }
  const said = Object.entries(annotations).filter(([, value]) => value !== '')
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    ...(artifactType !== undefined && { artifactType }),
    config: described(config),
    layers: layers.map(described),
    annotations: Object.fromEntries(said.map(([name, value]) => [`org.opencontainers.image.${name}`, value])),
  }
  return { blobs: [config, ...layers], manifest: encoder.encode(canonicalJson(manifest)) }
}

function described({ mediaType, digest, bytes, annotations }: Content): object {
  return { mediaType, digest, size: bytes.length, ...(annotations !== undefined && { annotations }) }
}

function contentOf(mediaType: string, content: string | Uint8Array): Content {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content
  return { mediaType, digest: digestOf(bytes), bytes }
}
