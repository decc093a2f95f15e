import { patch } from '../../ports/store/change.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import { repositories } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Authoring } from './authoring.ts'

/**
 * The artifact is in no list any more, and by whatever door somebody asks for it, it is not there. Its name stays taken
 * and its versions stay until it is purged; `restoreArtifact` takes this back.
 * @throws RegistryError `artifact-unknown`
 */
export async function deleteArtifact({ core }: Authoring, caller: Caller, id: string): Promise<void> {
  await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const { rev: _, ...columns } = live
    const after: ArtifactRow = { ...columns, live: false, deletedAt: core.clock.now() }
    const repository = await repositoryOf(core, live)
    return {
      value: undefined,
      changes: [
        ...(await keepArtifact(core, live, after)),
        patch(repositories, [live.repository], { set: { live: false } }),
      ],
      deeds: [{ action: 'artifact.delete', repository, target: live.version }],
      events: [{ kind: 'artifact.deleted', repository, artifact: id, version: live.version }],
    }
  })
}

/** @throws RegistryError `artifact-unknown` */
export async function restoreArtifact({ core }: Authoring, caller: Caller, id: string): Promise<ArtifactRow> {
  return await core.ledger.change(caller, async () => {
    const row = await requireArtifact(core, id, true)
    const { rev: _, ...columns } = row
    if (row.live) return { value: columns, changes: [] }
    const after: ArtifactRow = { ...columns, live: true, deletedAt: 0 }
    const repository = await repositoryOf(core, row)
    return {
      value: after,
      changes: [
        ...(await keepArtifact(core, row, after)),
        patch(repositories, [row.repository], { set: { live: true } }),
      ],
      deeds: [{ action: 'artifact.restore', repository, target: row.version }],
      events: [{ kind: 'artifact.restored', repository, artifact: id, version: row.version }],
    }
  })
}
