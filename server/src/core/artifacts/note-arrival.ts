import { type ArtifactMetadata, emptyMetadata } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import { artifactNameOf, namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import { isArtifactKind } from '../../domain/reserved-names.ts'
import { isSemver } from '../../domain/semver.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Tag } from '../../domain/tag.ts'
import { patch } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { PushTarget } from '../content/repositories.ts'
import type { Core } from '../ledger/core.ts'
import type { NewEvent } from '../ledger/ledger.ts'
import { metadataColumns, termsOf } from './artifact-rows.ts'
import { isChart } from './chart-says.ts'
import type { ClaimedDocument } from './claimed-document.ts'
import { keepArtifact } from './keep-artifact.ts'
import { keepEdges } from './keep-edges.ts'
import { compareRanks } from './rank.ts'
import { saidBy, saidFromNow } from './said-of-itself.ts'
import { areBest, tagOfReferrers } from './standing-tag.ts'
import { type ArtifactRow, artifacts, terms } from './tables.ts'
import { sourceLayer } from './version-source.ts'
import { changeArtifact, type SaidColumn } from './write-artifact.ts'

/** A manifest that came with tags by a door that knows no artifacts. */
export interface Arrived {
  readonly repository: RepositoryName
  readonly target: PushTarget
  readonly manifest: Manifest
  readonly digest: Digest
  /** Those that name it from now on. */
  readonly tags: readonly Tag[]
  /** Those of them that named nothing before. */
  readonly newTags: readonly Tag[]
  readonly claimed: ClaimedDocument | undefined
  /** What the chart that it is says; empty where it is none. */
  readonly chart: JsonObject
  readonly by: string
  /** Of the artifact, where this makes it; now where nothing is said. */
  readonly createdAt?: number
}

export interface Noted {
  readonly changes: Change[]
  readonly events: readonly NewEvent[]
}

const imageTypes: ReadonlySet<string> = new Set([
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerManifestList,
])

/**
 * What makes a repository an artifact that lists have: a row with its first tag, and with every later one what has
 * changed. Pushes of different tags exclude each other only where one of them is what the artifact stands at from now on.
 */
export async function noteArrival(core: Core, arrived: Arrived): Promise<Noted> {
  const tags = arrived.tags.filter((tag) => !tagOfReferrers.test(tag))
  if (tags.length === 0) return { changes: [], events: [] }
  const versions = tags.map(decodeForeignVersion).filter(isSemver)
  const row = arrived.target.isNew
    ? undefined
    : await core.store.get(artifacts, { unique: 'repository', values: [arrived.target.id] })
  const after = row === undefined ? await newRow(core, arrived) : row
  const stands = await standing(core, arrived, after, { versions, tags })
  const kept =
    row === undefined
      ? await keepArtifact(core, undefined, { ...after, ...stands })
      : await keepChanged(core, row, stands)
  const edges = await Promise.all(
    versions.map((version) =>
      keepEdges(core, { artifact: after.id, version }, true, arrived.claimed?.facts.dependencies ?? []),
    ),
  )
  return { changes: [...kept, ...edges.flat()], events: told(arrived, after.id, row === undefined, versions) }
}

/** What is published of an artifact by a door that knows tags alone is each tag that is a version. */
function told(
  { repository, newTags }: Arrived,
  artifact: string,
  isNew: boolean,
  versions: readonly string[],
): NewEvent[] {
  const [version] = versions
  const about = { repository, artifact }
  const published = newTags.map(decodeForeignVersion).filter((one) => versions.includes(one))
  return [
    {
      kind: isNew ? 'artifact.created' : 'artifact.updated',
      ...about,
      ...(version !== undefined && { version }),
    },
    ...published.map((one): NewEvent => ({ kind: 'version.published', ...about, version: one })),
  ]
}

type Standing = Partial<Pick<ArtifactRow, SaidColumn>> & Pick<ArtifactRow, 'updatedAt'>

/** The columns that change: all of them where the artifact stands at this manifest from now on. */
async function standing(
  core: Core,
  { repository, manifest, digest, claimed, chart }: Arrived,
  row: ArtifactRow,
  { versions, tags }: { readonly versions: readonly string[]; readonly tags: readonly Tag[] },
): Promise<Standing> {
  const updatedAt = Math.max(core.clock.now(), row.updatedAt)
  const best = versions.reduce((one, other) => (compareRanks(other, one) > 0 ? other : one), '')
  if (compareRanks(best, row.version) < 0) return { updatedAt }
  if (best === '' && !(await areBest(core, row, tags))) return { updatedAt }
  const unsaid = { name: artifactNameOf(repository), organization: namespaceOf(repository) }
  const said = async (): Promise<ArtifactMetadata> => {
    const now = saidBy(core, unsaid, { manifest, document: chart })
    return await saidFromNow(core, row, { digest, now, unsaid })
  }
  const metadata = claimed?.metadata ?? (await said())
  return {
    updatedAt,
    version: best,
    digest,
    source: sourceLayer(core, row.kind, manifest) ?? '',
    published: true,
    publishedAt: row.publishedAt || updatedAt,
    ...metadataColumns(metadata),
  }
}

async function keepChanged(
  core: Core,
  row: Stored<ArtifactRow>,
  { updatedAt, ...stands }: Standing,
): Promise<Change[]> {
  const changed = Object.entries(stands).filter(([name, value]) => row[name as keyof ArtifactRow] !== value)
  const names = changed.map(([name]) => name)
  const isListed = names.some((name) => ['name', 'topics', 'skills', 'published'].includes(name))
  if (isListed) return await keepArtifact(core, row, { ...withoutRevision(row), ...stands, updatedAt })
  // What it stands at may have gone in this moment, and then it may have to stand here.
  const when = {
    updatedAt: { lte: updatedAt },
    version: { eq: row.version },
    ...(row.version === '' && { digest: { eq: row.digest } }),
  }
  return [
    changeArtifact(row.id, { updatedAt, ...Object.fromEntries(changed) }, when),
    ...termsOf(row).map(({ field, term }) => patch(terms, [field, term, row.id], { set: { updatedAt } })),
  ]
}

function withoutRevision({ rev: _, ...columns }: Stored<ArtifactRow>): ArtifactRow {
  return columns
}

async function newRow(
  core: Core,
  { repository, target, manifest, claimed, by, createdAt }: Arrived,
): Promise<ArtifactRow> {
  const [first = ''] = repository.split('/')
  const kind = isArtifactKind(first) ? first : (claimed?.kind ?? kindOfManifest(manifest))
  const path = artifactNameOf(repository)
  const namespace = namespaceOf(repository)
  const now = core.clock.now()
  return {
    id: core.artifactIds.next(now, core.random.bytes(10)),
    repository: target.id,
    kind,
    namespace,
    slug: await freeSlug(core, namespace, path, kind),
    owner: by,
    visibility: 'public',
    ...metadataColumns({ ...emptyMetadata, name: path, organization: namespace }),
    version: '',
    digest: '',
    source: '',
    published: true,
    live: true,
    changes: 1,
    downloads: 0,
    stars: 0,
    views: 0,
    trend: 0,
    lastAccessedAt: 0,
    createdAt: createdAt ?? now,
    updatedAt: now,
    publishedAt: createdAt ?? now,
    deletedAt: 0,
  }
}

function kindOfManifest(manifest: Manifest): string {
  const { mediaType, artifactType } = manifest
  if (isChart(manifest)) return 'chart'
  if (imageTypes.has(mediaType)) return 'image'
  return artifactType === undefined || artifactType === mediaTypes.ociConfig ? 'image' : 'file'
}

/** An artifact of another kind may have the name, which a client that pushes by path cannot be asked to change. */
async function freeSlug(core: Core, namespace: string, path: string, kind: string): Promise<string> {
  const taken = async (slug: string): Promise<boolean> =>
    (await core.store.get(artifacts, { unique: 'slug', values: [namespace, slug] })) !== undefined
  if (!(await taken(path))) return path
  const other = `${path}-${kind}`
  return (await taken(other)) ? `${other}-${core.random.uuid().slice(0, 8)}` : other
}
