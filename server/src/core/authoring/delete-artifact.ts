import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Authoring } from './authoring.ts'

/**
 * The artifact is in no list any more and is not read; its name stays taken and its versions stay until it is purged.
 * `restoreArtifact` takes that back.
 * @throws RegistryError `artifact-unknown`
 */
export async function deleteArtifact({ core }: Authoring, caller: Caller, id: string): Promise<void> {
  await core.ledger.change(caller, async () => {
    const live = await requireArtifact(core, id)
    const { rev: _, ...columns } = live
    const after: ArtifactRow = { ...columns, live: false, deletedAt: core.clock.now() }
    const repository = repositoryOf(live)
    return {
      value: undefined,
      changes: await keepArtifact(core, live, after),
      deeds: [{ action: 'artifact.delete', repository, target: live.version }],
      events: [{ kind: 'artifact.deleted', repository, tag: live.version }],
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
    const repository = repositoryOf(row)
    return {
      value: after,
      changes: await keepArtifact(core, row, after),
      deeds: [{ action: 'artifact.restore', repository, target: row.version }],
      events: [{ kind: 'artifact.updated', repository, tag: row.version }],
    }
  })
}
