import assert from 'node:assert/strict'
import type { Artifact } from '../../../src/domain/artifact.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import { parseRepositoryName, type RepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import type { TestCore } from '../kit.ts'

/** Where is pushed to unless another repository is named. */
export const app: RepositoryName = parseRepositoryName('acme/app')

async function pushBlob(
  { registry, caller }: TestCore,
  repository: RepositoryName,
  text: string,
): Promise<{ readonly digest: string; readonly size: number }> {
  const bytes = Buffer.from(text)
  const digest = digestOf(bytes)
  await registry.uploads.push(caller, repository, digest, { bytes: once(bytes), length: bytes.length })
  return { digest, size: bytes.length }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

export interface Pushed {
  readonly tag: string
  readonly repository?: RepositoryName
  readonly config?: string
  readonly configType?: string
  readonly artifactType?: string
  readonly layer?: string
  readonly annotations?: Record<string, string>
}

/** As a client does that knows tags alone. Answers the manifest's digest. */
export async function push(core: TestCore, pushed: Pushed): Promise<string> {
  const { tag, repository = app, config = '{}', layer = 'layer', annotations, artifactType } = pushed
  const configType = pushed.configType ?? 'application/vnd.oci.image.config.v1+json'
  const document = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...(artifactType && { artifactType }),
    config: { mediaType: configType, ...(await pushBlob(core, repository, config)) },
    layers: [
      {
        mediaType: 'text/plain',
        ...(await pushBlob(core, repository, layer)),
        annotations: { 'org.opencontainers.image.title': 'hello.txt' },
      },
    ],
    ...(annotations && { annotations }),
  }
  const { digest } = await core.registry.manifests.put(core.caller, {
    repository,
    reference: tag as Tag,
    tags: [],
    contentType: undefined,
    bytes: Buffer.from(JSON.stringify(document)),
    expect: {},
  })
  return digest
}

/** The one artifact that there is. */
export async function only({ registry }: TestCore): Promise<Artifact> {
  const { artifacts: found } = await registry.artifacts.find({
    filter: {},
    order: 'name',
    back: false,
    limit: 10,
  })
  assert.equal(found.length, 1)
  return found[0] as Artifact
}
