import { RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Stored } from '../../ports/store/store.ts'
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

/** @throws RegistryError `artifact-unknown`; one that was deleted is unknown too */
export async function requireArtifact(
  core: Pick<Core, 'store'>,
  id: string,
  withDeleted = false,
): Promise<Stored<ArtifactRow>> {
  const row = await core.store.get(artifacts, [id])
  if (row !== undefined && (row.live || withDeleted)) return row
  throw new RegistryError('artifact-unknown', { artifact: id })
}

/** Where its versions are pulled from. @throws RegistryError `artifact-unknown`: it was purged meanwhile */
export async function repositoryOf(
  core: Pick<Core, 'store'>,
  artifact: Pick<ArtifactRow, 'id' | 'repository'>,
): Promise<RepositoryName> {
  const row = await core.store.get(repositories, [artifact.repository])
  if (row === undefined) throw new RegistryError('artifact-unknown', { artifact: artifact.id })
  return row.name as RepositoryName
}
