import { createHash } from 'node:crypto'
import { metadataColumns } from '../../../server/src/core/artifacts/artifact-rows.ts'
import type { ArtifactRow } from '../../../server/src/core/artifacts/tables.ts'
import type { RepositoryRow } from '../../../server/src/core/content/tables.ts'
import { emptyMetadata } from '../../../server/src/domain/artifact.ts'
import type { Document } from '../relevance/corpus.ts'

/** A while ago. */
export const madeAt: number = Date.UTC(2024, 0, 1)

/** The artifact that a package is, alone and published. Of a name the id is always the same: it decides between equals. */
export function artifactRow(document: Document, more: Partial<ArtifactRow> = {}): ArtifactRow {
  const { name, description, topics, category, author, homepage } = document
  const id = idOf(name)
  return {
    id,
    // One each: no two artifacts share a repository.
    repository: id,
    kind: 'package',
    namespace: 'debian',
    slug: name,
    owner: 'debian',
    visibility: 'public',
    ...metadataColumns({ ...emptyMetadata, name, description, topics, category, author, homepage }),
    version: '1.0.0',
    digest: 'sha256:none',
    source: '',
    published: true,
    live: true,
    changes: 1,
    downloads: 0,
    stars: 0,
    views: 0,
    trend: 0,
    lastAccessedAt: 0,
    createdAt: madeAt,
    updatedAt: madeAt,
    publishedAt: madeAt,
    deletedAt: 0,
    ...more,
  }
}

/** Where its versions would be pulled from. */
export function repositoryRow({ repository, kind, namespace, slug, createdAt }: ArtifactRow): RepositoryRow {
  return { id: repository, name: `${kind}/${namespace}/${slug}`, namespace, createdAt, live: true }
}

function idOf(name: string): string {
  const text = createHash('sha256').update(name).digest('hex')
  const cuts = [0, 8, 12, 16, 20, 32]
  return cuts
    .slice(1)
    .map((to, at) => text.slice(cuts[at], to))
    .join('-')
}
