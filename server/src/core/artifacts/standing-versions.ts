import type { Artifact, ArtifactVersion } from '../../domain/artifact.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { tags } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'
import { artifactOf } from './artifact-rows.ts'
import { versionOf } from './read-version.ts'
import { type ArtifactRow, artifacts, versions } from './tables.ts'

/** An artifact together with one of its versions. */
export interface Entry {
  readonly artifact: Artifact
  readonly version: ArtifactVersion
}

/** Artifacts by their ids, with the version that each stands at; undefined where there is none, or not any more. */
export async function standingEntries(
  core: Pick<Core, 'store'>,
  ids: readonly string[],
): Promise<readonly (Entry | undefined)[]> {
  const rows = await core.store.getMany(
    artifacts,
    ids.map((id) => [id]),
  )
  const live = rows.flatMap((row) => (row?.live === true ? [row] : []))
  const versionsOfLive = await standingVersions(core, live)
  const found = new Map(live.map((row, at) => [row.id, { row, version: versionsOfLive[at] }]))
  return ids.map((id) => {
    const { row, version } = found.get(id) ?? {}
    return row && version && { artifact: artifactOf(row), version }
  })
}

/**
 * The version at which each of some artifacts stands, in their order and by two reads; undefined where one has none. One
 * whose tag has gone, or whose tags name no versions, is the manifest that the artifact stands at.
 */
export async function standingVersions(
  core: Pick<Core, 'store'>,
  of: readonly ArtifactRow[],
): Promise<readonly (ArtifactVersion | undefined)[]> {
  if (of.length === 0) return []
  const [tagRows, versionRows] = await Promise.all([
    core.store.getMany(
      tags,
      of.map(({ repository, version }) => [repository, version === '' ? '' : encodeForeignVersion(version)]),
    ),
    core.store.getMany(
      versions,
      of.map(({ id, version }) => [id, version]),
    ),
  ])
  return of.map((row, at) => {
    if (row.digest === '') return undefined
    const tag = tagRows[at]
    const stood = { digest: row.digest, movedAt: row.updatedAt }
    return versionOf(row, row.version || row.digest, tag?.live === true ? tag : stood, versionRows[at])
  })
}
