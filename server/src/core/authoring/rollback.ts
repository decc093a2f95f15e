import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { isFrozen, nameOf, requireVersion } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { standAt, standingOf } from '../artifacts/stand-at.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import { type Authoring, versionNamed } from './authoring.ts'
import { moveLatest } from './move-latest.ts'

/**
 * The artifact stands at an earlier version again, and `latest` names it; the others stay as they are. Where some
 * version is published, it has to be one of those, and none that is yanked.
 * @throws RegistryError `artifact-unknown`, `artifact-invalid`, `version-unknown`, `version-draft`, `version-yanked`,
 * `tag-immutable`
 */
export async function rollBack(
  authoring: Authoring,
  caller: Caller,
  id: string,
  named: unknown,
): Promise<ArtifactRow> {
  const { core } = authoring
  const version = versionNamed(named)
  return await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const found = await requireVersion(core, live, version)
    const isPublished = isFrozen(found)
    if (live.published && !isPublished)
      throw new RegistryError('version-draft', { artifact: nameOf(live), version })
    if (found.row !== undefined && found.row.yanked !== '')
      throw new RegistryError('version-yanked', { artifact: nameOf(live), version })
    const after = standAt(live, await standingOf(core, live, version), core.clock.now())
    const repository = await repositoryOf(core, live)
    return {
      value: after,
      changes: [
        ...(isPublished ? await moveLatest(authoring, caller, live, found.tag.digest as Digest) : []),
        ...(await keepArtifact(core, live, after)),
      ],
      deeds: [{ action: 'artifact.rollback', repository, target: version, before: live.version }],
      events: [{ kind: 'artifact.updated', repository, artifact: id, version }],
    }
  })
}
