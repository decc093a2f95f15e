import { RegistryError } from '../../domain/error.ts'
import { metadataColumns } from '../artifacts/artifact-rows.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { getVersionRow, nameOf, readVersion } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Authoring } from './authoring.ts'
import { checkMetadata } from './check-metadata.ts'
import { moveLatest } from './publish-version.ts'

/**
 * An earlier version is the one that people get again; the others stay as they are.
 * @throws RegistryError `artifact-unknown`, `version-unknown`, `version-draft`
 */
export async function rollBack(
  { core }: Authoring,
  caller: Caller,
  id: string,
  version: string,
): Promise<ArtifactRow> {
  const found = await requireArtifact(core, id)
  const { document } = await readVersion(core, found, version)
  const said = checkMetadata({ name: found.name, ...document }, core.limits)
  return await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    if ((await getVersionRow(core, id, version))?.state === 'draft')
      throw new RegistryError('version-draft', { artifact: nameOf(live), version })
    const { rev: _, ...columns } = live
    const after: ArtifactRow = {
      ...columns,
      ...metadataColumns(said),
      version,
      updatedAt: Math.max(core.clock.now(), live.updatedAt),
    }
    const repository = repositoryOf(live)
    return {
      value: after,
      changes: [
        ...(await moveLatest(core, caller, live, version)),
        ...(await keepArtifact(core, live, after)),
      ],
      deeds: [{ action: 'artifact.rollback', repository, target: version, before: live.version }],
      events: [{ kind: 'artifact.updated', repository, tag: version }],
    }
  })
}
