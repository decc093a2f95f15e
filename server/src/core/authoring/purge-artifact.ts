import type { JobPayload } from '../../ports/journal/journal.ts'
import { put } from '../../ports/store/change.ts'
import { dropArtifact } from '../artifacts/keep-artifact.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { goneName } from '../content/repositories.ts'
import { repositories } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Authoring } from './authoring.ts'

/** The job that removes what a purged artifact held: see `core/gc/empty-repository.ts`. */
export const emptyRepositoryJob = 'empty-repository'

/** What that job works on. */
export function purged(artifact: string, repository: string): JobPayload {
  return { artifact, repository }
}

/**
 * The artifact is gone for ever, and its name is free. Its versions cannot be found from now on; a job removes them.
 * @throws RegistryError `artifact-unknown`
 */
export async function purgeArtifact({ core }: Authoring, caller: Caller, id: string): Promise<void> {
  await core.ledger.change(caller, async () => {
    const row = await requireArtifact(core, id, true)
    const home = await core.store.get(repositories, [row.repository])
    const repository = await repositoryOf(core, row)
    return {
      value: undefined,
      changes: [
        ...(await dropArtifact(core, row)),
        ...(home === undefined
          ? []
          : [
              put(repositories, { ...withoutRevision(home), name: goneName(home.id), live: false }, home.rev),
            ]),
      ],
      deeds: [{ action: 'artifact.purge', repository, target: row.version }],
      events: [{ kind: 'artifact.purged', repository, artifact: id, version: row.version }],
      jobs: [{ kind: emptyRepositoryJob, payload: purged(id, row.repository) }],
    }
  })
}

function withoutRevision<R extends { readonly rev: unknown }>({ rev: _, ...columns }: R): Omit<R, 'rev'> {
  return columns
}
