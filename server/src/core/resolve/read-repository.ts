import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Reads } from '../cache/read-cache.ts'
import { repositoryRow } from '../content/repositories.ts'
import { type RepositoryRow, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * A repository for an answer that is kept: undefined where there is none, or it was deleted. Its row is read once more
 * after it was named as what the answer depends on: it may have changed between the look-up by its name and then.
 */
export async function readRepository(
  core: Core,
  name: RepositoryName,
  reads: Reads,
): Promise<Stored<RepositoryRow> | undefined> {
  reads.unique(repositories, 'name', [name])
  const found = await repositoryRow(core, name)
  if (found === undefined) return undefined
  reads.row(repositories, [found.id])
  const row = await core.store.get(repositories, [found.id])
  return row?.live && row.name === name ? row : undefined
}
