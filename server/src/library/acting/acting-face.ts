import type { Artifacts } from '../../boot/compose/artifacts.ts'
import type { LoggedEvent } from '../../core/events/event-bus.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Embedded } from '../embedded.ts'
import { actingArtifacts } from './acting-artifacts.ts'
import { ActingRights } from './acting-rights.ts'
import { actingSearch } from './acting-search.ts'

/**
 * The same registry, as it is there for somebody. Nothing that was read for one is remembered for another: answers are made anew
 * each time.
 */
export function actingFace(face: Embedded, principal: Principal): Embedded {
  const rights = new ActingRights(principal, face.rights)
  const { generations: _, watch, ...rest } = face
  const artifacts = actingArtifacts(face.artifacts, rights)
  return {
    ...rest,
    caller: rights.caller,
    artifacts,
    missed: (id) =>
      rights.noting('read', id, async () => {
        const [placed] = await face.artifacts.placed([id])
        throw rights.unseen(id, placed)
      }),
    hears: (event) => hears(face.artifacts, rights, event),
    searches: {
      during: (engine, bounds, work) =>
        face.searches.during(engine, bounds, ({ committed, searching }) =>
          work({
            committed: actingFace(committed, principal),
            searching: actingSearch(searching, rights),
          }),
        ),
    },
    ...(watch !== undefined && {
      watch: async (id: string) => {
        await rights.ready()
        const [placed] = await face.artifacts.placed([id])
        if (placed !== undefined && !rights.knows(placed)) throw rights.unseen(id, placed)
        await watch(id)
      },
    }),
    during: (operation) => face.during((inner) => operation(actingFace(inner, principal))),
  }
}

/** Of what is gone whoever may change what stands there hears, and who has done it. */
async function hears(
  artifacts: Pick<Artifacts, 'placed' | 'collections'>,
  rights: ActingRights,
  { kind, artifact, repository, by }: LoggedEvent,
): Promise<boolean> {
  await rights.ready()
  if (by === rights.by && rights.kind !== 'anonymous') return true
  if (kind.startsWith('collection.')) {
    const collection = await artifacts.collections.read(artifact).catch((error: unknown) => {
      if (error instanceof RegistryError && error.code === 'collection-unknown') return undefined
      throw error
    })
    return collection !== undefined && (collection.owner === rights.by || collection.visibility === 'public')
  }
  const [placed] = await artifacts.placed([artifact])
  return placed === undefined
    ? rights.may('artifacts:update', repository as RepositoryName)
    : rights.knows(placed)
}
