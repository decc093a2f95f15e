import { RegistryError } from '../../domain/error.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { check, insert } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type RepositoryRow, repositories } from './tables.ts'

/** One that was deleted is not found. */
export async function findRepository(
  core: Pick<Core, 'store'>,
  name: RepositoryName,
): Promise<Stored<RepositoryRow> | undefined> {
  const row = await repositoryRow(core, name)
  return row?.live ? row : undefined
}

/** Also one that was deleted: what is remembered of its absence is only so long right as its row stands. */
export async function repositoryRow(
  core: Pick<Core, 'store'>,
  name: RepositoryName,
): Promise<Stored<RepositoryRow> | undefined> {
  return await core.store.get(repositories, { unique: 'name', values: [name] })
}

/** @throws RegistryError `name-unknown` */
export async function requireRepository(
  core: Pick<Core, 'store'>,
  name: RepositoryName,
): Promise<Stored<RepositoryRow>> {
  const row = await findRepository(core, name)
  if (row === undefined) throw new RegistryError('name-unknown', { name })
  return row
}

/** What a repository is called that is being emptied: no repository can have such a name, so its own is free. */
export function goneName(id: string): string {
  return `!${id}`
}

export interface PushTarget {
  readonly id: string
  readonly namespace: string
  readonly isNew: boolean
  readonly change: Change
}

/**
 * The repository that a push goes to, with the change that belongs into the push's batch: made by the first one,
 * checked by every later one, so that nothing lands in a repository that is gone.
 * @throws RegistryError `name-deleted`
 */
export async function repositoryForPush(core: Core, name: RepositoryName): Promise<PushTarget> {
  const namespace = namespaceOf(name)
  const row = await repositoryRow(core, name)
  if (row !== undefined) {
    if (!row.live) throw new RegistryError('name-deleted', { name })
    return { id: row.id, namespace, isNew: false, change: check(repositories, [row.id], row.rev) }
  }
  const id = timeOrderedId(core.clock.now(), core.random.uuid())
  return {
    id,
    namespace,
    isNew: true,
    change: insert(repositories, { id, name, namespace, createdAt: core.clock.now(), live: true }),
  }
}
