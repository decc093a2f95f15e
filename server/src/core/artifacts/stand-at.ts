import type { ArtifactMetadata } from '../../domain/artifact.ts'
import type { Stored } from '../../ports/store/store.ts'
import { metadataColumns } from './artifact-rows.ts'
import type { ArtifactRow } from './tables.ts'

/** What an artifact says of itself while it stands at a version. */
export interface Standing {
  readonly version: string
  /** Of the version's manifest, and of the blob that is read as its source. */
  readonly digest: string
  readonly source: string
  readonly metadata: ArtifactMetadata
}

export function standAt(row: Stored<ArtifactRow>, at: Standing | undefined, now: number): ArtifactRow {
  const { rev: _, ...columns } = row
  const updatedAt = Math.max(now, row.updatedAt)
  if (at === undefined) return { ...columns, updatedAt }
  const { metadata, ...version } = at
  return { ...columns, ...version, ...metadataColumns(metadata), updatedAt }
}

/** A version of it is published: the first one makes it be. */
export function withPublished(row: ArtifactRow, now: number): ArtifactRow {
  return { ...row, published: true, publishedAt: row.publishedAt || now }
}
