import type { Artifacts, ChangeCollection, GivenCollection } from '../../boot/compose/artifacts.ts'
import type { Collection } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import type { ActingRights } from './acting-rights.ts'

type CollectionsFace = Artifacts['collections']

/**
 * Collections as they are there for whoever somebody acts for. Each belongs to who has made it, whom `ownerId` names as in
 * `user:ada`; artifacts in it that they may not read are left out, and stay in it.
 */
export function actingCollections(inner: Artifacts, rights: ActingRights): CollectionsFace {
  const { collections } = inner
  const isOwn = ({ owner }: Pick<Collection, 'owner'>): boolean =>
    rights.kind === 'system' || (rights.kind !== 'anonymous' && owner === rights.by)
  const known = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const placed = await inner.placed(ids)
    return new Set(
      ids.filter((_, at) => {
        const one = placed[at]
        return one !== undefined && rights.knows(one)
      }),
    )
  }
  const shown = async (collection: Collection): Promise<Collection> => {
    const seen = await known(collection.artifacts)
    return { ...collection, artifacts: collection.artifacts.filter((id) => seen.has(id)) }
  }
  const seen = async (id: string): Promise<Collection> => {
    const collection = await collections.read(id)
    if (isOwn(collection) || collection.visibility !== 'private') return collection
    throw new RegistryError('collection-unknown', { collection: id }, { isOfRights: true })
  }
  const own = async (id: string): Promise<void> => {
    if (!isOwn(await seen(id))) throw rights.denied('changing the collection', 'it belongs to somebody else')
  }
  const requireKnown = async (ids: readonly string[]): Promise<void> => {
    const there = await known(ids)
    const missing = ids.find((id) => !there.has(id))
    if (missing !== undefined) throw new RegistryError('artifact-unknown', { artifact: missing })
  }
  return {
    create: (_caller, owner, given) =>
      rights.noting('collections.create', owner, async () => {
        const by = owner === '' ? rights.by : owner
        if (!isOwn({ owner: by }))
          throw rights.denied('making a collection', 'it would belong to somebody else')
        await requireKnown(idsIn(given))
        return await shown(await collections.create(rights.caller, by, given))
      }),
    read: (id) => rights.noting('collections.read', id, async () => await shown(await seen(id))),
    update: (_caller, id, given) =>
      rights.noting('collections.update', id, async () => {
        await own(id)
        const checked = new Set((await collections.read(id)).artifacts)
        for (;;) {
          const asked = new Asked()
          try {
            const change = (before: Collection, live: readonly string[]): GivenCollection => {
              const wanted = typeof given === 'function' ? given(before, visible(live)) : given
              const added = idsIn(wanted).filter(
                (one) => !before.artifacts.includes(one) && !checked.has(one),
              )
              if (added.length === 0) return wanted
              asked.ids = added
              throw asked
            }
            const seenNow = await known([...checked])
            const visible = (live: readonly string[]): readonly string[] =>
              live.filter((one) => seenNow.has(one))
            return await shown(await collections.update(rights.caller, id, change satisfies ChangeCollection))
          } catch (error) {
            // What is to be added is known to the change alone, which cannot wait to ask for it.
            if (error !== asked) throw error
            await requireKnown(asked.ids)
            for (const one of asked.ids) checked.add(one)
          }
        }
      }),
    delete: (_caller, id) =>
      rights.noting('collections.delete', id, async () => {
        await own(id)
        await collections.delete(rights.caller, id)
      }),
    list: (owner, query) =>
      rights.noting('collections.list', owner, async () => {
        const found: Collection[] = []
        let last = query.last
        while (found.length < query.limit) {
          const page = await collections.list(owner, { ...query, ...(last !== undefined && { last }) })
          found.push(...page.filter((one) => isOwn(one) || one.visibility === 'public'))
          last = page.at(-1)?.slug
          if (page.length === 0) break
        }
        return await Promise.all(found.slice(0, query.limit).map(shown))
      }),
  }
}

/** Thrown through a change, to ask whether these may be put into it. */
class Asked extends Error {
  ids: readonly string[] = []
}

/** What is no list of texts the core refuses. */
function idsIn({ artifacts }: GivenCollection): readonly string[] {
  return Array.isArray(artifacts) ? artifacts.filter((id): id is string => typeof id === 'string') : []
}
