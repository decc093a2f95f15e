import type { ArtifactMetadata } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { latestTag } from '../../domain/tag.ts'
import type { Kind } from '../../kinds/kind.ts'
import { repositoryOfKind } from '../../kinds/repository-of-kind.ts'
import type { Change } from '../../ports/store/store.ts'
import { metadataColumns, termsOf } from '../artifacts/artifact-rows.ts'
import { checkDocument } from '../artifacts/check-document.ts'
import { checkMetadata } from '../artifacts/check-metadata.ts'
import { documentType } from '../artifacts/document-type.ts'
import { trendWith } from '../artifacts/keep-artifact.ts'
import { keepEdges } from '../artifacts/keep-edges.ts'
import { type ArtifactRow, artifacts, stars, terms, versions } from '../artifacts/tables.ts'
import { kindNamed, sourceBytes } from '../authoring/authoring.ts'
import { versionParts } from '../authoring/version-content.ts'
import { links, manifests } from '../catalog/tables.ts'
import { blobs, holdings, repositories } from '../content/tables.ts'
import { auditRow } from '../ledger/audit-row.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { EntryIds } from '../ledger/entry-ids.ts'
import { type Deed, eventRow, type NewEvent } from '../ledger/ledger.ts'
import { auditEntries, events } from '../ledger/tables.ts'
import type { ImmutableTags } from '../policy/immutable-tags.ts'
import type { RowSink } from './row-sink.ts'
import type { SeededArtifact, SeededVersion } from './seeded-artifact.ts'
import type { SeedChoice } from './seeded-identity.ts'
import { type SeededIds, seededIds } from './seeded-ids.ts'
import type { SeededSums } from './seeded-sums.ts'
import { SeededTags } from './seeded-tags.ts'
import { seededUse } from './seeded-use.ts'

/** What rows of every artifact are made with. */
export interface Rowing {
  readonly core: Core
  readonly caller: Caller
  readonly choice: SeedChoice
  readonly sink: RowSink
  readonly sums: Pick<SeededSums, 'use' | 'count'>
  readonly immutable: ImmutableTags
  readonly entryIds: EntryIds
}

/** One artifact on its way. */
interface Making extends Rowing {
  readonly artifact: SeededArtifact
  readonly ids: SeededIds
  readonly kind: Kind
  readonly metadata: ArtifactMetadata
  readonly repository: RepositoryName
  readonly tags: SeededTags
  readonly by: string
}

/** What a version has left for the artifact's own row. */
interface Standing {
  readonly digest: Digest
  readonly source: Digest
}

/**
 * The rows that the use cases would have made of an artifact that is authored, without what they have to find out first:
 * nobody else is there, and nothing that it needs or would meet. A test holds them against those of the use cases.
 * @throws RegistryError where they would refuse it
 */
export async function seededRows(rowing: Rowing, artifact: SeededArtifact): Promise<void> {
  const { core, choice, sink, sums, caller } = rowing
  const [first] = artifact.versions
  const ids = seededIds(choice, artifact.index, first.at)
  const { namespace, kind } = artifact
  const repository = repositoryOfKind(kind, namespace, artifact.slug)
  const by = describePrincipal(caller.principal)
  const tags = new SeededTags({ id: ids.repository, name: repository, immutable: rowing.immutable }, by)
  const making: Making = {
    ...rowing,
    artifact,
    ids,
    kind: kindNamed(core, kind),
    metadata: checkMetadata(artifact.metadata, core.limits),
    repository,
    tags,
    by,
  }
  sink.insert(repositories, {
    id: ids.repository,
    name: repository,
    namespace,
    createdAt: first.at,
    live: true,
  })
  sums.use(namespace, { repositories: 1 })
  let standing: Standing = { digest: '' as Digest, source: '' as Digest }
  for (const [number, version] of artifact.versions.entries())
    standing = await versionRows(making, version, number)
  tags.rows(sink)
  for (const row of tags.manifests()) sink.insert(manifests, row)
  artifactRows(making, standing)
}

async function versionRows(making: Making, given: SeededVersion, number: number): Promise<Standing> {
  const { core, artifact, ids, kind, metadata, sink, tags, by } = making
  const { version, at, published, changelog } = given
  const { namespace, slug } = artifact
  const source = sourceBytes(given.source, core.limits.sourceBytes)
  const { document, facts } = await checkDocument(kind, given.document, source, core.limits)
  const parts = versionParts({
    kind,
    namespace,
    slug,
    version,
    metadata,
    document,
    source,
    files: [],
    createdAt: at,
  })
  contentRows(making, parts, at)
  const tag = encodeForeignVersion(version)
  const moved = [tag, ...(published ? [latestTag] : [])]
  for (const each of moved) tags.move(each, parts.manifest.digest, at)
  sink.insert(versions, {
    artifact: ids.artifact,
    version,
    state: published ? 'published' : 'draft',
    parent: artifact.versions[number - 1]?.version ?? '',
    changelog,
    deprecated: '',
    yanked: '',
    createdAt: at,
    publishedAt: published ? at : 0,
    by,
  })
  const needs = await keepEdges(core, { artifact: ids.artifact, version }, false, facts.dependencies)
  for (const change of needs) insertedBy(sink, change)
  record(making, given, { digest: parts.manifest.digest, moved, isFirst: number === 0 })
  return { digest: parts.manifest.digest, source: parts.source }
}

function insertedBy(sink: RowSink, change: Change): void {
  if (change.do !== 'insert') throw new Error(`a row that is not there was to be changed by ${change.do}`)
  sink.insert(change.table, change.row)
}

function contentRows(
  { artifact, ids, kind, sink, sums, tags, by }: Making,
  { manifest, blobs: named }: ReturnType<typeof versionParts>,
  at: number,
): void {
  const { repository } = ids
  for (const { digest, bytes } of [...named, manifest]) {
    sink.insert(blobs, { digest, size: bytes.length, bytes, file: '', refs: 1, damagedAt: 0 })
  }
  for (const { digest, bytes } of named) {
    sink.insert(holdings, { repository, digest, size: bytes.length, refs: 1, idleSince: at })
    sink.insert(links, { repository, manifest: manifest.digest, digest, target: 'blob' })
  }
  const [size, ofBlobs] = [manifest.bytes.length, named.reduce((sum, { bytes }) => sum + bytes.length, 0)]
  sums.use(artifact.namespace, { bytes: size + ofBlobs, manifests: 1 })
  tags.arrive({
    repository,
    digest: manifest.digest,
    mediaType: mediaTypes.ociManifest,
    artifactType: documentType(kind.name),
    subject: '',
    size,
    totalSize: size + ofBlobs,
    refs: 0,
    idleSince: at,
    createdAt: at,
    by,
  })
}

/** In the order in which the use cases tell of it. */
function record(
  { core, caller, ids, repository, sink, by, entryIds }: Making,
  { version, published }: SeededVersion,
  {
    digest,
    moved,
    isFirst,
  }: { readonly digest: Digest; readonly moved: readonly string[]; readonly isFirst: boolean },
): void {
  const about = { repository, artifact: ids.artifact, version }
  const what = { repository, digest, mediaType: mediaTypes.ociManifest }
  const deeds: readonly Deed[] = [
    { action: isFirst ? 'artifact.create' : 'artifact.update', repository, target: version },
    ...moved.map((tag): Deed => ({ action: 'tag.move', repository, target: tag, after: digest })),
  ]
  const told: readonly NewEvent[] = [
    { kind: isFirst ? 'artifact.created' : 'artifact.updated', ...about },
    ...(published ? [{ kind: 'version.published' as const, ...about }] : []),
    { kind: 'manifest.pushed', ...what },
    ...moved.map((tag): NewEvent => ({ kind: 'tag.moved', tag, ...what })),
  ]
  const recorded = { at: core.clock.now(), by, caller }
  for (const deed of deeds) {
    const id = entryIds.next(recorded.at)
    sink.insert(auditEntries, auditRow(deed, { ...recorded, id }))
  }
  for (const event of told) sink.append(events, eventRow(event, recorded))
}

function artifactRows(making: Making, standing: Standing): void {
  const { core, artifact, ids, metadata, repository, sink, sums, by } = making
  const [first] = artifact.versions
  const last = artifact.versions.at(-1) ?? first
  const publishedAt = artifact.versions.find(({ published }) => published)?.at ?? 0
  const use = seededUse(artifact, ids.artifact)
  const row: ArtifactRow = {
    id: ids.artifact,
    repository: ids.repository,
    kind: artifact.kind,
    namespace: artifact.namespace,
    slug: artifact.slug,
    owner: artifact.author,
    visibility: artifact.visibility,
    ...metadataColumns(metadata),
    version: last.version,
    ...standing,
    published: publishedAt > 0,
    live: true,
    changes: artifact.versions.length,
    ...artifact.statistics,
    trend: use === undefined ? 0 : trendWith(0, artifact.statistics, use.at),
    lastAccessedAt: use?.at ?? 0,
    createdAt: first.at,
    updatedAt: last.at,
    publishedAt,
    deletedAt: 0,
  }
  sink.insert(artifacts, row)
  const { id, live, name, createdAt, updatedAt, downloads, stars: starred, views } = row
  for (const { field, term } of termsOf(row)) {
    sink.insert(terms, {
      ...{ field, term, artifact: id, live, name },
      ...{ createdAt, updatedAt, downloads, stars: starred, views },
    })
    sums.count(field, term)
  }
  if (use === undefined) return
  for (const star of use.stars) sink.insert(stars, star)
  const told: NewEvent = { kind: 'artifact.updated', repository, artifact: ids.artifact }
  sink.append(events, eventRow(told, { at: core.clock.now(), by }))
}
