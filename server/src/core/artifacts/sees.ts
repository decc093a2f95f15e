import type { Artifact } from '../../domain/artifact.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { artifactOf } from './artifact-rows.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/** An artifact with where its versions are pulled from, which is what rights are given for. */
export interface Placed {
  readonly artifact: Artifact
  readonly repository: RepositoryName
}

/** Whether whoever asks may know of it. */
export type Sees = (placed: Placed) => boolean

/**
 * Artifacts by their ids, deleted ones too; undefined where there is none, or where its repository is gone. Of none as much is
 * asked as of one.
 */
export async function placedArtifacts(
  core: Pick<Core, 'store'>,
  ids: readonly string[],
): Promise<readonly (Placed | undefined)[]> {
  const rows = await core.store.getMany(
    artifacts,
    ids.map((id) => [id]),
  )
  return await placedRows(core, rows)
}

/** For each of some rows, in their order. What has no repository any more is not seen. */
export async function areSeen(
  core: Pick<Core, 'store'>,
  rows: readonly ArtifactRow[],
  sees: Sees | undefined,
): Promise<readonly boolean[]> {
  if (sees === undefined) return rows.map(() => true)
  return (await placedRows(core, rows)).map((placed) => placed !== undefined && sees(placed))
}

async function placedRows(
  { store }: Pick<Core, 'store'>,
  rows: readonly (ArtifactRow | undefined)[],
): Promise<readonly (Placed | undefined)[]> {
  if (rows.length === 0) return []
  const found = await store.getMany(
    repositories,
    rows.map((row) => [row?.repository ?? '']),
  )
  return rows.map((row, at) => {
    const name = found[at]?.name
    return row === undefined || name === undefined
      ? undefined
      : { artifact: artifactOf(row), repository: name as RepositoryName }
  })
}
