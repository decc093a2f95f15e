import type { ArtifactMetadata } from '../../domain/artifact.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { metadataColumns } from './artifact-rows.ts'
import { compareRanks } from './rank.ts'
import { getVersionRow, readVersion } from './read-version.ts'
import { isDocument, saidBy, saidFromNow, unsaidOf } from './said-of-itself.ts'
import type { ArtifactRow } from './tables.ts'

/** What an artifact says of itself while it stands at a version. */
export interface Standing {
  readonly version: string
  /** Of the version's manifest, and of the blob that is read as its source. */
  readonly digest: string
  readonly source: string
  readonly metadata: ArtifactMetadata
}

/** What the artifact says of itself where it stands at that version. */
export async function standingOf(core: Core, artifact: ArtifactRow, version: string): Promise<Standing> {
  const { digest, sourceDigest, manifest, document } = await readVersion(core, artifact, version)
  const unsaid = unsaidOf(artifact)
  const now = saidBy(core, unsaid, { manifest, document })
  const metadata = isDocument(manifest) ? now : await saidFromNow(core, artifact, { digest, now, unsaid })
  return { version, digest, source: sourceDigest ?? '', metadata }
}

export function standAt(row: Stored<ArtifactRow>, at: Standing | undefined, now: number): ArtifactRow {
  const { rev: _, ...columns } = row
  const updatedAt = Math.max(now, row.updatedAt)
  if (at === undefined) return { ...columns, updatedAt }
  const { metadata, ...version } = at
  return { ...columns, ...version, ...metadataColumns(metadata), updatedAt }
}

/** Whether it goes on to the highest published version: from one below it, and from one that nobody should get. */
export async function givesWay(
  core: Pick<Core, 'store'>,
  { id, version }: ArtifactRow,
  highest: string,
): Promise<boolean> {
  if (compareRanks(highest, version) > 0) return true
  const row = await getVersionRow(core, id, version)
  return row !== undefined && row.yanked !== ''
}

/** A version of it is published: the first one makes it be. */
export function withPublished(row: ArtifactRow, now: number): ArtifactRow {
  return { ...row, published: true, publishedAt: row.publishedAt || now }
}
