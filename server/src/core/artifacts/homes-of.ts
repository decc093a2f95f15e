import type { RepositoryName } from '../../domain/repository-name.ts'
import type { SearchHome } from '../../ports/search/search.ts'
import { getParts } from '../../ports/store/get-parts.ts'
import { targetOf } from '../access/target-of.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { ArtifactRow } from './tables.ts'

/**
 * What the repositories of artifacts are to rights, in the order of the artifacts; undefined where one is gone. A client pushes to
 * whatever path it likes, so neither follows from what the artifact says of itself.
 */
export async function homesOf(
  { store }: Pick<Core, 'store'>,
  rows: readonly Pick<ArtifactRow, 'repository'>[],
): Promise<readonly (SearchHome | undefined)[]> {
  const keys = rows.map(({ repository }) => [repository])
  const found = await getParts(store, repositories, { keys, columns: ['name'] })
  return found.map((row) => {
    if (row === undefined) return undefined
    const { kind, name } = targetOf(row.name as RepositoryName)
    return { kind, name }
  })
}
