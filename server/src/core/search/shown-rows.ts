import type { Visibility } from '../../domain/artifact.ts'
import { isRegistryError } from '../../domain/error.ts'
import { isInSight, type Sight } from '../../domain/search.ts'
import { metadataColumns, metadataOf } from '../artifacts/artifact-rows.ts'
import { chartDeprecation, isDeprecatedChart } from '../artifacts/chart-says.ts'
import { highestOther } from '../artifacts/list-versions.ts'
import { getVersionRow, readVersion } from '../artifacts/read-version.ts'
import { saidBy } from '../artifacts/said-of-itself.ts'
import { type ArtifactRow, versions } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'

/** An artifact as it is found and shown. */
export interface ShownRow {
  readonly row: ArtifactRow
  /** Why the version that is shown should not be used any more; empty: nobody says so. */
  readonly deprecated: string
}

/**
 * Artifacts as everybody may know them, in their order. One that is published says of itself what its draft says while it stands
 * at that: it is shown as the highest version that is published, and as if it were not published where that cannot be read.
 */
export async function shownRows(core: Core, rows: readonly ArtifactRow[]): Promise<readonly ShownRow[]> {
  const standing = await core.store.getMany(
    versions,
    rows.map(({ id, version }) => [id, version]),
  )
  return await Promise.all(
    rows.map(async (row, at): Promise<ShownRow> => {
      const version = standing[at]
      if (row.published && version?.state === 'draft') return await publishedRow(core, row)
      return { row, deprecated: version?.deprecated || deprecationOf(row) }
    }),
  )
}

export function isRowInSight(sight: Sight, row: ArtifactRow): boolean {
  const { namespace, owner, kind } = row
  // What is not published yet is its owner's alone.
  const visibility = row.published ? (row.visibility as Visibility) : 'private'
  return row.live && isInSight(sight, { visibility, namespace, owner, kind })
}

/** What it says of itself, where nobody says so of the version. */
function deprecationOf(row: ArtifactRow): string {
  return row.kind === 'chart' && isDeprecatedChart(metadataOf(row)) ? chartDeprecation : ''
}

async function publishedRow(core: Core, row: ArtifactRow): Promise<ShownRow> {
  const version = await highestOther(core, row, row.version)
  const hidden = { row: { ...row, published: false }, deprecated: '' }
  if (version === undefined) return hidden
  try {
    const [{ digest, sourceDigest, manifest, document }, versionRow] = await Promise.all([
      readVersion(core, row, version),
      getVersionRow(core, row.id, version),
    ])
    // Nothing of the row, which speaks of the draft.
    const metadata = saidBy(core, { name: row.slug, organization: '' }, { manifest, document })
    const shown = { ...row, ...metadataColumns(metadata), version, digest, source: sourceDigest ?? '' }
    return { row: shown, deprecated: versionRow?.deprecated || deprecationOf(shown) }
  } catch (error) {
    if (isRegistryError(error)) return hidden
    throw error
  }
}
