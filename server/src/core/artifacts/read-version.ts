import type { ArtifactVersion } from '../../domain/artifact.ts'
import type { ArtifactId } from '../../domain/artifact-id.ts'
import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { decodeForeignVersion, encodeForeignVersion } from '../../domain/foreign-name.ts'
import { type Manifest, parseManifest } from '../../domain/manifest.ts'
import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import { isJsonObject, type JsonObject, parseStrictJson } from '../../domain/strict-json.ts'
import type { Tag } from '../../domain/tag.ts'
import type { Cursor, Stored } from '../../ports/store/store.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { getTag, liveDigest } from '../catalog/move-tag.ts'
import { type TagRow, tags } from '../catalog/tables.ts'
import { openContent } from '../content/blobs.ts'
import type { Core } from '../ledger/core.ts'
import { type ArtifactRow, type VersionRow, versions } from './tables.ts'

/** What a version consists of, read back. */
export interface ReadVersion {
  readonly digest: Digest
  readonly manifest: Manifest
  /** The config, where it is a JSON object; else empty. */
  readonly document: JsonObject
  /** The first layer. */
  readonly source: Uint8Array
}

export async function getVersionRow(
  core: Pick<Core, 'store'>,
  artifact: string,
  version: string,
): Promise<Stored<VersionRow> | undefined> {
  return await core.store.get(versions, [artifact, version])
}

/** The manifest that a version is now. @throws RegistryError `version-unknown` */
export async function digestOfVersion(
  core: Pick<Core, 'store'>,
  artifact: ArtifactRow,
  version: string,
): Promise<Digest> {
  if (isDigest(version)) return version
  const tag = await getTag(core, artifact.repository, encodeForeignVersion(version))
  const digest = liveDigest(tag)
  if (digest === undefined)
    throw new RegistryError('version-unknown', { artifact: nameOf(artifact), version })
  return digest
}

/** @throws RegistryError `version-unknown`, `content-damaged`, `too-large`: beyond `limits.sourceBytes` */
export async function readVersion(core: Core, artifact: ArtifactRow, version: string): Promise<ReadVersion> {
  const digest = await digestOfVersion(core, artifact, version)
  const row = await getManifest(core, artifact.repository, digest)
  if (row === undefined) throw new RegistryError('version-unknown', { artifact: nameOf(artifact), version })
  const manifest = parseManifest(await contentOf(core, digest), row.mediaType)
  const [layer] = manifest.layers
  const [config, source] = await Promise.all([
    manifest.config === undefined ? undefined : contentOf(core, manifest.config.digest),
    layer === undefined ? new Uint8Array() : contentOf(core, layer.digest),
  ])
  return { digest, manifest, document: documentIn(config, core.limits.customDepth), source }
}

function documentIn(config: Uint8Array | undefined, depth: number): JsonObject {
  if (config === undefined) return {}
  const parsed = parseStrictJson(config, 2 * depth)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
}

async function contentOf(core: Core, digest: Digest): Promise<Uint8Array> {
  await using content = await openContent(core, digest, undefined, new AbortController().signal)
  if (content.size > core.limits.sourceBytes)
    throw new RegistryError('too-large', { what: 'the content of a version', limit: core.limits.sourceBytes })
  const chunks: Uint8Array[] = []
  for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}

/** The versions of an artifact, the highest first. An image that was only ever tagged otherwise has none. */
export async function listVersions(core: Core, artifact: ArtifactRow): Promise<readonly ArtifactVersion[]> {
  const found: { readonly version: string; readonly tag: TagRow; readonly key: Uint8Array }[] = []
  let after: Cursor | undefined
  do {
    const page = await core.store.find(tags, {
      index: 'live',
      eq: [artifact.repository, true],
      limit: core.limits.pageSize,
      ...(after && { after }),
    })
    for (const tag of page.rows) {
      const version = decodeForeignVersion(tag.tag as Tag)
      if (isSemver(version)) found.push({ version, tag, key: semverKey(parseSemver(version)) })
    }
    if (found.length > core.limits.versionsListed)
      throw new RegistryError('too-large', {
        what: 'the number of versions',
        limit: core.limits.versionsListed,
      })
    after = page.next
  } while (after !== undefined)
  found.sort((one, other) => Buffer.compare(other.key, one.key) || (one.version < other.version ? 1 : -1))
  const rows = await rowsOf(
    core,
    artifact.id,
    found.map(({ version }) => version),
  )
  return found.map(({ version, tag }, at) => versionOf(artifact, version, tag, rows[at]))
}

async function rowsOf(
  core: Core,
  artifact: string,
  names: readonly string[],
): Promise<(VersionRow | undefined)[]> {
  const rows: (VersionRow | undefined)[] = []
  for (let at = 0; at < names.length; at += core.limits.pageSize) {
    const some = names.slice(at, at + core.limits.pageSize)
    rows.push(
      ...(await core.store.getMany(
        versions,
        some.map((version) => [artifact, version]),
      )),
    )
  }
  return rows
}

/** `row` is missing where a client made the version that knows only tags. */
export function versionOf(
  artifact: Pick<ArtifactRow, 'id'>,
  version: string,
  tag: Pick<TagRow, 'digest' | 'movedAt'>,
  row: VersionRow | undefined,
): ArtifactVersion {
  const publishedAt = row === undefined ? tag.movedAt : row.publishedAt
  return {
    artifact: artifact.id as ArtifactId,
    version,
    digest: tag.digest as Digest,
    state: row?.state ?? 'published',
    changelog: row?.changelog ?? '',
    ...(row !== undefined && row.parent !== '' && { parent: row.parent }),
    ...(row !== undefined && row.deprecated !== '' && { deprecated: row.deprecated }),
    ...(row !== undefined && row.yanked !== '' && { yanked: row.yanked }),
    createdAt: row?.createdAt ?? tag.movedAt,
    ...(publishedAt > 0 && { publishedAt }),
  }
}

/** As people write it. */
export function nameOf({ kind, namespace, slug }: Pick<ArtifactRow, 'kind' | 'namespace' | 'slug'>): string {
  return `${kind}:${namespace}/${slug}`
}
