import type { ArtifactVersion } from '../../domain/artifact.ts'
import type { ArtifactId } from '../../domain/artifact-id.ts'
import { type Digest, isDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { type Manifest, parseManifest } from '../../domain/manifest.ts'
import { isJsonObject, type JsonObject, parseStrictJson } from '../../domain/strict-json.ts'
import type { Stored } from '../../ports/store/store.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { getTag } from '../catalog/move-tag.ts'
import type { TagRow } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'
import { readContent } from './read-content.ts'
import { type ArtifactRow, type VersionRow, versions } from './tables.ts'
import { isAuthored, sourceLayer } from './version-source.ts'

/** What a version consists of, read back. */
export interface ReadVersion {
  readonly version: string
  readonly digest: Digest
  readonly manifest: Manifest
  /** The config, where it is a JSON object; else empty. */
  readonly document: JsonObject
  /** Of the layer that holds its source; undefined where none does. */
  readonly sourceDigest: Digest | undefined
  /** That layer's bytes; empty where there is none. */
  readonly source: Uint8Array
  /** Of what an author wrote, and is more than is read now: another limit held when it was written. */
  readonly unread: Unread
}

/** Why, by what it is of. */
export interface Unread {
  readonly source?: string
  readonly document?: string
}

/** A version by its tag; its row too where it was made by a door that knows versions. */
export interface FoundVersion {
  readonly tag: Stored<TagRow>
  readonly row: Stored<VersionRow> | undefined
}

/** undefined: there is no such version, or not any more. */
export async function findVersion(
  core: Pick<Core, 'store'>,
  artifact: Pick<ArtifactRow, 'id' | 'repository'>,
  version: string,
): Promise<FoundVersion | undefined> {
  const tag = await getTag(core, artifact.repository, encodeForeignVersion(version))
  if (!tag?.live) return undefined
  return { tag, row: await getVersionRow(core, artifact.id, version) }
}

/** @throws RegistryError `version-unknown` */
export async function requireVersion(
  core: Pick<Core, 'store'>,
  artifact: ArtifactRow,
  version: string,
): Promise<FoundVersion> {
  const found = await findVersion(core, artifact, version)
  if (found === undefined) throw new RegistryError('version-unknown', { artifact: nameOf(artifact), version })
  return found
}

export async function getVersionRow(
  core: Pick<Core, 'store'>,
  artifact: string,
  version: string,
): Promise<Stored<VersionRow> | undefined> {
  return await core.store.get(versions, [artifact, version])
}

/** A published one stays as it is; one that came by a door that knows tags alone counts as published. */
export function isFrozen({ row }: Pick<FoundVersion, 'row'>): boolean {
  return row === undefined || row.state === 'published'
}

/** @param version or the digest of a manifest. @throws RegistryError `version-unknown`, `content-damaged` */
export async function readVersion(core: Core, artifact: ArtifactRow, version: string): Promise<ReadVersion> {
  const digest = isDigest(version)
    ? version
    : ((await requireVersion(core, artifact, version)).tag.digest as Digest)
  const row = await getManifest(core, artifact.repository, digest)
  if (row === undefined) throw new RegistryError('version-unknown', { artifact: nameOf(artifact), version })
  const { limits } = core
  const manifest = parseManifest(await readContent(core, digest, limits.manifestBytes), row.mediaType)
  const sourceDigest = sourceLayer(core, artifact.kind, manifest)
  const [read, source] = await Promise.all([
    readDocument(core, manifest),
    sourceDigest === undefined ? new Uint8Array() : readContent(core, sourceDigest, limits.sourceBytes),
  ])
  const { document, why } = read
  const isOurs = isAuthored(artifact.kind, manifest)
  const unread = {
    ...(isOurs &&
      sourceDigest === undefined &&
      manifest.layers.length > 0 && {
        source: `it has more than ${limits.sourceBytes} bytes (limits.sourceBytes)`,
      }),
    ...(isOurs && why !== undefined && { document: why }),
  }
  return { version, digest, manifest, document, sourceDigest, source, unread }
}

/** The config as an object; empty where it cannot be read, with the reason. */
export async function readDocument(
  core: Core,
  { config }: Manifest,
): Promise<{ readonly document: JsonObject; readonly why?: string }> {
  const { sourceBytes, customDepth } = core.limits
  if (config === undefined) return { document: {} }
  if (config.size > sourceBytes)
    return { document: {}, why: `it has more than ${sourceBytes} bytes (limits.sourceBytes)` }
  const depth = 4 * customDepth
  const parsed = parseStrictJson(await readContent(core, config.digest, sourceBytes), depth)
  if (!parsed.ok) return { document: {}, why: `${parsed.reason} (limits.customDepth is ${customDepth})` }
  return isJsonObject(parsed.value) ? { document: parsed.value } : { document: {}, why: 'it is no object' }
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

/** The row of a version that came by a door that knows tags alone, for what is said of it from now on. */
export function versionByTag(artifact: string, version: string, at: number): VersionRow {
  return {
    artifact,
    version,
    state: 'published',
    parent: '',
    changelog: '',
    deprecated: '',
    yanked: '',
    createdAt: at,
    publishedAt: at,
    by: '',
  }
}

/** As people write it. */
export function nameOf({ kind, namespace, slug }: Pick<ArtifactRow, 'kind' | 'namespace' | 'slug'>): string {
  return `${kind}:${namespace}/${slug}`
}
