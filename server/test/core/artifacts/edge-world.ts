import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { metadataColumns } from '../../../src/core/artifacts/artifact-rows.ts'
import {
  type ArtifactRow,
  artifacts,
  type EdgeRow,
  edges,
  versions,
} from '../../../src/core/artifacts/tables.ts'
import { tags } from '../../../src/core/catalog/tables.ts'
import { emptyMetadata } from '../../../src/domain/artifact.ts'
import { encodeForeignVersion } from '../../../src/domain/foreign-name.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { type Change, type Store, storeLimits } from '../../../src/ports/store/store.ts'

export interface WorldVersion {
  readonly version: string
  /** `tagged`: it came by a door that knows tags alone, and has no row. */
  readonly state?: 'published' | 'draft' | 'yanked' | 'tagged'
  readonly needs?: readonly (Partial<EdgeRow> & { readonly target: string })[]
}

export interface WorldArtifact {
  readonly name: string
  readonly kind?: string
  readonly live?: boolean
  /** At which it stands; the first one where nothing is said. */
  readonly current?: string
  readonly versions: readonly WorldVersion[]
}

/** As edges name it. */
export const fullName = ({ name, kind = 'skill' }: Pick<WorldArtifact, 'name' | 'kind'>): string =>
  `${kind}:acme/${name}`

/** Artifacts with versions and what these need, put straight into the store. */
export async function putWorld(
  store: Store,
  world: readonly WorldArtifact[],
): Promise<ReadonlyMap<string, ArtifactRow>> {
  const rows = world.map((artifact) => rowOf(artifact))
  const changes: Change[] = rows.map((row) => insert(artifacts, row))
  for (const [at, artifact] of world.entries()) changes.push(...versionChanges(artifact, rows[at]!))
  let count = 0
  for (let at = 0; at < changes.length; at += storeLimits.changesPerBatch) {
    const id = newBatchId(new ManualClock().now(), () => Buffer.from(String(count++).padStart(10, '0')))
    const outcome = await store.commit(id, changes.slice(at, at + storeLimits.changesPerBatch))
    if (!outcome.ok) throw new Error(`${outcome.why} at ${at + outcome.change}`)
  }
  return new Map(rows.map((row) => [row.slug, row]))
}

function rowOf({ name, kind = 'skill', live = true, current, versions: all }: WorldArtifact): ArtifactRow {
  const version = current ?? all[0]?.version ?? ''
  return {
    id: `id-${name}`,
    repository: `repository-${name}`,
    kind,
    namespace: 'acme',
    slug: name,
    owner: '',
    visibility: 'public',
    ...metadataColumns({ ...emptyMetadata, name }),
    version,
    digest: version === '' ? '' : `digest-${name}`,
    source: '',
    published: true,
    live,
    changes: 1,
    downloads: 0,
    stars: 0,
    views: 0,
    trend: 0,
    lastAccessedAt: 0,
    createdAt: 1,
    updatedAt: 1,
    publishedAt: 1,
    deletedAt: 0,
  }
}

function versionChanges({ versions: all }: WorldArtifact, { id, repository }: ArtifactRow): Change[] {
  return all.flatMap(({ version, state = 'tagged', needs = [] }) => [
    insert(tags, {
      repository,
      tag: encodeForeignVersion(version),
      live: true,
      digest: `digest-${version}`,
      seq: 1,
      movedAt: 1,
      pushedAt: 1,
    }),
    ...(state === 'tagged'
      ? []
      : [
          insert(versions, {
            artifact: id,
            version,
            state: state === 'draft' ? 'draft' : 'published',
            parent: '',
            changelog: '',
            deprecated: '',
            yanked: state === 'yanked' ? 'broken' : '',
            createdAt: 1,
            publishedAt: 1,
            by: 'ada',
          }),
        ]),
    ...needs.map((need) => insert(edges, { artifact: id, version, relation: 'uses', range: '', ...need })),
  ])
}
