import type { Digest } from '../../domain/digest.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { type GoneSubjectRow, goneSubjects } from '../catalog/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * Which came first, a referrer or the deletion of its subject? Processes whose clocks differ must agree on it, or what
 * was pushed, and acknowledged, after a deletion would go with it. So the deletion leaves a row, and whoever pushes a
 * referrer of what is not there reads it and dates the referrer after it, whatever his clock says.
 */
export async function getGoneSubject(
  core: Pick<Core, 'store'>,
  repository: string,
  subject: Digest,
): Promise<Stored<GoneSubjectRow> | undefined> {
  return await core.store.get(goneSubjects, [repository, subject])
}

/** From when on a referrer is idle that is pushed now, at the earliest. */
export async function afterDeletion(
  core: Pick<Core, 'store'>,
  repository: string,
  subject: Digest,
): Promise<number> {
  const gone = await getGoneSubject(core, repository, subject)
  return gone === undefined ? 0 : gone.at + 1
}

/** For the batch that deletes a manifest. */
export async function noteGone(core: Core, repository: string, digest: Digest): Promise<Change> {
  const earlier = await getGoneSubject(core, repository, digest)
  const now = core.clock.now()
  if (earlier === undefined) return insert(goneSubjects, { repository, digest, at: now })
  // Two: what came after the earlier deletion, and before the manifest came back, goes with this one.
  const row = { repository, digest, at: Math.max(now, earlier.at + 2) }
  return put(goneSubjects, row, earlier.rev)
}

/** What spoke of it is gone, unless it was deleted once more since `row` was read: that has a job of its own. */
export async function forgetGone(core: Core, row: Stored<GoneSubjectRow>): Promise<void> {
  await core.ledger.keep(async () => {
    const now = await getGoneSubject(core, row.repository, row.digest as Digest)
    if (now?.rev !== row.rev) return { value: undefined, changes: [] }
    return {
      value: undefined,
      changes: [remove(goneSubjects, [row.repository, row.digest], { rev: row.rev })],
    }
  })
}
