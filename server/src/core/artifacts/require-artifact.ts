import { RegistryError } from '../../domain/error.ts'
import { parseRepositoryName, type RepositoryName } from '../../domain/repository-name.ts'
import type { Stored } from '../../ports/store/store.ts'
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

/** The repository whose tags are its versions. */
export function repositoryOf({ kind, namespace, slug }: ArtifactRow): RepositoryName {
  return parseRepositoryName(`${kind}/${namespace}/${slug}`)
}
