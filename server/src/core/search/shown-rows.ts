import { isRegistryError } from '../../domain/error.ts'
import { getParts } from '../../ports/store/get-parts.ts'
import { metadataColumns, metadataOf } from '../artifacts/artifact-rows.ts'
import { chartDeprecation, isDeprecatedChart } from '../artifacts/chart-says.ts'
import { highestOther } from '../artifacts/list-versions.ts'
import { getVersionRow, readVersion } from '../artifacts/read-version.ts'
import { saidBy, unsaidOf } from '../artifacts/said-of-itself.ts'
import { type ArtifactRow, artifacts, type VersionRow, versions } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { FoundRow } from './found-row.ts'

/** An artifact as it is found and shown. */
export interface ShownRow {
  readonly row: ArtifactRow
  /** Why the version that is shown should not be used any more; empty: nobody says so. */
  readonly deprecated: string
}

/** How often rows are read again that change while it is looked at what they stand at. */
const mostReadings = 3

/** Artifacts of these ids that there are, as everybody may know them. */
export async function shownRowsOf(core: Core, ids: readonly string[]): Promise<readonly ShownRow[]> {
  const rows = await core.store.getMany(
    artifacts,
    ids.map((id) => [id]),
  )
  return await shownRows(
    core,
    rows.flatMap((row) => (row?.live === true ? [row] : [])),
  )
}

/**
 * Artifacts as everybody may know them, in their order. One that is published says of itself what its draft says while it stands
 * at that: it is shown as the highest version that is published, and as if it were not published where that cannot be read.
 */
export async function shownRows(
  core: Core,
  rows: readonly ArtifactRow[],
  readings: number = mostReadings,
): Promise<readonly ShownRow[]> {
  const standing = await standingRows(core, rows)
  // A version that is no draft now may have been one when the row was read, which then says what nobody has published.
  const after = await core.store.getMany(
    artifacts,
    rows.map(({ id }) => [id]),
  )
  return await Promise.all(
    rows.map(async (row, at): Promise<ShownRow> => {
      const [version, now] = [standing[at], after[at]]
      if (hidesDraft(row, version)) return await publishedRow(core, row)
      const isStill = now?.changes === row.changes
      if (!row.published || isStill) return { row, deprecated: version?.deprecated || deprecationOf(row) }
      const [shown] = now !== undefined && readings > 1 ? await shownRows(core, [now], readings - 1) : []
      return shown ?? hidden(row)
    }),
  )
}

const hidden = (row: ArtifactRow): ShownRow => ({ row: { ...row, published: false }, deprecated: '' })

/** Versions that artifacts stand at, in their order; undefined where one has no row of its own. */
async function standingRows(
  { store }: Pick<Core, 'store'>,
  rows: readonly Pick<ArtifactRow, 'id' | 'version'>[],
): Promise<readonly (StandingVersion | undefined)[]> {
  const keys = rows.map(({ id, version }) => [id, version])
  return await getParts(store, versions, { keys, columns: ['state', 'deprecated'] })
}

type StandingVersion = Pick<VersionRow, 'state' | 'deprecated'>

/** Its row speaks of a draft, and everybody may know it. */
const hidesDraft = (row: Pick<ArtifactRow, 'published'>, version: StandingVersion | undefined): boolean =>
  row.published && version?.state === 'draft'

/**
 * When each was changed last, as far as it may be known: a draft tells by nothing when it was worked at.
 * @returns ms, by the ids of those for which it is not the time of their row
 */
export async function timesOfDrafted(
  core: Pick<Core, 'store'>,
  rows: readonly FoundRow[],
): Promise<ReadonlyMap<string, number>> {
  const standing = await standingRows(core, rows)
  const drafted = rows.filter((row, at) => hidesDraft(row, standing[at]))
  return new Map(drafted.map(({ id, publishedAt, createdAt }) => [id, publishedAt || createdAt]))
}

/** What it says of itself, where nobody says so of the version. */
function deprecationOf(row: ArtifactRow): string {
  return row.kind === 'chart' && isDeprecatedChart(metadataOf(row)) ? chartDeprecation : ''
}

async function publishedRow(core: Core, row: ArtifactRow): Promise<ShownRow> {
  const version = await highestOther(core, row, row.version)
  if (version === undefined) return hidden(row)
  try {
    const [{ digest, sourceDigest, manifest, document }, versionRow] = await Promise.all([
      readVersion(core, row, version),
      getVersionRow(core, row.id, version),
    ])
    // Nothing of the row, which speaks of the draft.
    const metadata = saidBy(core, unsaidOf(row), { manifest, document })
    // When the draft was worked at last is nobody's business either.
    const updatedAt = versionRow?.publishedAt || row.publishedAt || row.createdAt
    const stands = { version, digest, source: sourceDigest ?? '', updatedAt }
    const shown = { ...row, ...metadataColumns(metadata), ...stands }
    return { row: shown, deprecated: versionRow?.deprecated || deprecationOf(shown) }
  } catch (error) {
    if (isRegistryError(error)) return hidden(row)
    throw error
  }
}
