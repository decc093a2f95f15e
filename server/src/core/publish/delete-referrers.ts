import type { Digest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { JobContext, JobPayload } from '../../ports/journal/journal.ts'
import type { Cursor } from '../../ports/store/store.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { type ManifestRow, manifests } from '../catalog/tables.ts'
import { findRepository } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { ImmutableTags } from '../policy/immutable-tags.ts'
import { deleteManifest, deleteReferrersJob } from './delete-manifest.ts'
import { forgetGone, getGoneSubject } from './gone-subject.ts'

/**
 * What spoke of a deleted manifest goes after it, unless something names it (a tag, history, an index), or somebody has
 * pushed it since. Each of them asks for the same for its own referrers. Stops where the subject has come back. What a
 * process whose clock was ahead pushed before the deletion may stay: it is collected with what nothing names.
 */
export async function deleteReferrers(
  core: Core,
  immutable: ImmutableTags,
  payload: JobPayload,
  context: JobContext,
): Promise<undefined> {
  const repository = payload['repository'] as RepositoryName
  const subject = payload['subject'] as Digest
  const home = await findRepository(core, repository)
  if (home === undefined) return undefined
  const caller: Caller = {
    principal: { kind: 'system', name: deleteReferrersJob },
    requestId: `${deleteReferrersJob} ${subject}`,
    signal: context.signal,
  }
  const gone = await getGoneSubject(core, home.id, subject)
  // Done before, or the deletion is one of a release that left no row.
  if (gone === undefined) return undefined
  // Another run may have ended meanwhile: without the row, nobody dates what is pushed after the deletion.
  const isLeft = async (row: ManifestRow): Promise<boolean> =>
    row.refs === 0 &&
    row.idleSince <= ((await getGoneSubject(core, home.id, subject))?.at ?? -1) &&
    (await getManifest(core, home.id, subject)) === undefined
  let after: Cursor | undefined
  do {
    const query = { index: 'bySubject', eq: [home.id, subject], limit: core.limits.pageSize }
    const page = await core.store.find(manifests, { ...query, ...(after && { after }) })
    for (const row of page.rows) {
      // Thrown, not returned: a run that ends well is a job that is done.
      context.signal.throwIfAborted()
      const digest = row.digest as Digest
      const request = {
        repository,
        digest,
        expect: {},
        onlyIf: isLeft,
      }
      await deleteManifest(core, immutable, caller, request).catch((error: unknown) => {
        if (!isRegistryError(error, 'manifest-unknown') && !isRegistryError(error, 'manifest-in-use'))
          throw error
      })
    }
    after = page.next
  } while (after !== undefined)
  await forgetGone(core, gone)
  return undefined
}
