import type { Artifacts, Placed } from '../../boot/compose/artifacts.ts'
import { isRepositorySegment, type RepositoryName } from '../../domain/repository-name.ts'
import { isArtifactKind, kindsWithoutPrefix } from '../../domain/reserved-names.ts'
import { actingCollections } from './acting-collections.ts'
import type { ActingRights } from './acting-rights.ts'
import { type Operation, operationRights } from './operation-rights.ts'

/** The same artifacts, as they are there for whoever somebody acts for. */
export function actingArtifacts(inner: Artifacts, rights: ActingRights): Artifacts {
  const seen = async (id: string): Promise<Placed> => {
    const [placed] = await inner.placed([id])
    if (placed !== undefined && rights.knows(placed)) return placed
    throw rights.unseen(id, placed)
  }
  /** By the table: the artifact is there for them, and what the operation takes is theirs. */
  const allowed = async (operation: Operation, id: string): Promise<Placed> => {
    const placed = await seen(id)
    const right = operationRights[operation]
    // What was deleted is no operation's but of those that say so: they tell it themselves, in the same words.
    if ('permission' in right && (right.of === 'deleted' || !placed.artifact.deleted))
      rights.require(right.permission, placed.repository, operation)
    return placed
  }
  const on = async <T>(operation: Operation, id: string, work: (placed: Placed) => Promise<T>): Promise<T> =>
    await rights.noting(operation, id, async () => await work(await allowed(operation, id)))
  const listing = async <T>(operation: Operation, work: () => Promise<T>): Promise<T> =>
    await rights.noting(operation, '', work)
  const only = async <T>(
    ids: readonly string[],
    found: readonly (T | undefined)[],
  ): Promise<readonly (T | undefined)[]> => {
    const placed = await inner.placed(ids)
    return found.map((one, at) => {
      const place = placed[at]
      return place !== undefined && rights.knows(place) ? one : undefined
    })
  }
  const listed = async <T extends { readonly id: string }>(
    found: readonly T[],
    limit: number,
  ): Promise<T[]> => {
    const placed = await inner.placed(found.map(({ id }) => id))
    return found
      .filter((_, at) => {
        const place = placed[at]
        return place !== undefined && rights.lists(place)
      })
      .slice(0, Math.max(0, limit))
  }
  const starring =
    (operation: 'star' | 'unstar'): Artifacts['star'] =>
    async (_caller, id, user) =>
      await rights.noting(operation, id, async () => {
        await seen(id)
        if (rights.kind !== 'system' && rights.by !== `user:${user}`)
          throw rights.denied('giving or taking a star', 'a star is given by whoever it is of')
        return await inner[operation](rights.caller, id, user)
      })
  const requireOwner = (owner: string | undefined, repository: RepositoryName): void => {
    if (owner === undefined || owner === '' || owner === rights.by) return
    rights.require('settings:manage', repository, 'giving an owner to what is in')
  }
  return {
    create: async (_caller, request) =>
      await rights.noting('create', request.namespace, async () => {
        const { kind, namespace, slug, published, owner } = request
        // Without a slug any name may come of it: so it takes the right to all of them.
        const name = slug !== undefined && isRepositorySegment(slug) ? slug : ''
        const prefix = isArtifactKind(kind) && !kindsWithoutPrefix.has(kind) ? `${kind}/` : ''
        const repository = `${prefix}${namespace}/${name}` as RepositoryName
        rights.require('artifacts:create', repository, 'create')
        if (published) rights.require('artifacts:publish', repository, 'publish')
        requireOwner(owner, repository)
        return await inner.create(rights.caller, {
          ...request,
          owner: owner === '' && rights.kind !== 'system' ? rights.by : owner,
        })
      }),
    update: (_caller, request) =>
      on('update', request.id, async ({ repository, artifact }) => {
        if (request.published === true) rights.require('artifacts:publish', repository, 'publish')
        if (request.owner !== artifact.owner) requireOwner(request.owner, repository)
        return await inner.update(rights.caller, request)
      }),
    delete: (_caller, id) => on('delete', id, () => inner.delete(rights.caller, id)),
    restore: (_caller, id) => on('restore', id, () => inner.restore(rights.caller, id)),
    purge: (_caller, id) => on('purge', id, () => inner.purge(rights.caller, id)),
    publish: (_caller, request) => on('publish', request.id, () => inner.publish(rights.caller, request)),
    rollBack: (_caller, id, version) => on('rollBack', id, () => inner.rollBack(rights.caller, id, version)),
    withdraw: (_caller, request) => on('withdraw', request.id, () => inner.withdraw(rights.caller, request)),
    read: (id) => on('read', id, () => inner.read(id)),
    readBySlug: (namespace, slug) =>
      rights.noting('readBySlug', `${namespace}/${slug}`, async () => {
        const artifact = await inner.readBySlug(namespace, slug)
        const [placed] = await inner.placed([artifact.id])
        if (placed === undefined || !rights.knows(placed)) throw rights.unseen(`${namespace}/${slug}`, placed)
        return artifact
      }),
    versions: (id) => on('versions', id, () => inner.versions(id)),
    version: (id, version) => on('version', id, () => inner.version(id, version)),
    file: (id, version, name) => on('file', id, () => inner.file(id, version, name)),
    diff: (id, from, to) => on('diff', id, () => inner.diff(id, from, to)),
    changelog: (id, from, to) => on('changelog', id, () => inner.changelog(id, from, to)),
    dependencies: (id, version, depth) =>
      on('dependencies', id, () => inner.dependencies(id, version, depth, rights.knows)),
    dependents: (id, depth) => on('dependents', id, () => inner.dependents(id, depth, rights.lists)),
    related: (id, limit) =>
      on('related', id, async () => await listed(await inner.related(id, limit, rights.sight()), limit)),
    countUse: (id, use) => on('countUse', id, () => inner.countUse(id, use)),
    star: starring('star'),
    unstar: starring('unstar'),
    readMany: (ids) => listing('readMany', async () => await only(ids, await inner.readMany(ids))),
    placed: (ids) => listing('placed', async () => await only(ids, await inner.placed(ids))),
    standing: (ids) => listing('standing', async () => await only(ids, await inner.standing(ids))),
    shown: (ids) => listing('shown', async () => await only(ids, await inner.shown(ids))),
    find: (query) =>
      listing('find', () => inner.find({ ...query, filter: { ...query.filter, sees: rights.lists } })),
    count: (filter) => listing('count', () => inner.count({ ...filter, sees: rights.lists })),
    findEntries: (query) =>
      listing('findEntries', () =>
        inner.findEntries({ ...query, filter: { ...query.filter, sees: rights.lists } }),
      ),
    countEntries: (query) =>
      listing('countEntries', () =>
        inner.countEntries({ ...query, filter: { ...query.filter, sees: rights.lists } }),
      ),
    terms: (field, limit) => listing('terms', () => inner.terms(field, limit, rights.lists)),
    trending: (limit) =>
      listing('trending', async () => await listed(await inner.trending(limit, rights.sight()), limit)),
    sources: (versions) => inner.sources(versions),
    contents: (versions, file) => inner.contents(versions, file),
    collections: actingCollections(inner, rights),
  }
}
