import type { Registry } from '../../server/src/boot/registry.ts'
import type { Caller } from '../../server/src/core/ledger/caller.ts'
import type { Digest } from '../../server/src/domain/digest.ts'
import { parseRepositoryName, type RepositoryName } from '../../server/src/domain/repository-name.ts'
import { parseTag } from '../../server/src/domain/tag.ts'
import { type Content, contentOf, manifestType } from './content.ts'

/** A registry of so many repositories, each with so many tags on one small manifest. Named the same every time. */
export interface Filling {
  /** The data folder; it is there. */
  readonly data: string
  readonly repositories: number
  readonly tags: number
}

/** Repositories of one namespace. Their rows fit into one batch of the store. */
export const perTeam = 32

/** In the order of their names. */
export function repositoryAt(index: number): RepositoryName {
  const team = Math.floor(index / perTeam)
  const name = `team-${`${team}`.padStart(5, '0')}/app-${`${index % perTeam}`.padStart(2, '0')}`
  return parseRepositoryName(name)
}

export function tagAt(index: number): string {
  return `v1.${index}.0`
}

/** The first repository, as any push would bring it in. */
export async function pushFirst(registry: Registry, { tags }: Filling): Promise<void> {
  const caller: Caller = {
    principal: { kind: 'anonymous' },
    requestId: 'fill',
    signal: new AbortController().signal,
  }
  const { manifest, blob } = emptyArtifact()
  const repository = repositoryAt(0)
  const body = { bytes: oneChunk(blob.bytes), length: blob.bytes.length }
  await registry.uploads.push(caller, repository, blob.digest as Digest, body)
  const [first, ...more] = Array.from({ length: tags }, (_, at) => parseTag(tagAt(at)))
  if (first === undefined) throw new Error('a repository has one tag at least')
  await registry.manifests.put(caller, {
    repository,
    reference: first,
    tags: more,
    contentType: manifest.mediaType,
    bytes: manifest.bytes,
    expect: {},
  })
}

/** OCI's way to say that there is no config (image-spec v1.1 "Guidance for an Empty Descriptor"). */
function emptyArtifact(): { readonly manifest: Content; readonly blob: Content } {
  const blob = contentOf('application/vnd.oci.empty.v1+json', Buffer.from('{}'))
  const descriptor = { mediaType: blob.mediaType, digest: blob.digest, size: blob.bytes.length }
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: 'application/vnd.lading.bench.v1',
    config: descriptor,
    layers: [descriptor],
  }
  return { blob, manifest: contentOf(manifestType, Buffer.from(JSON.stringify(manifest))) }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
