import type { ChangeCollection, GivenCollection } from '../boot/compose/artifacts.ts'
import type { Limits } from '../core/ledger/limits.ts'
import type { Collection as CoreCollection, Visibility } from '../domain/artifact.ts'
import { isRegistryError as isCoreError } from '../domain/error.ts'
import type { Page } from './backend-types.ts'
import type { Embedded } from './embedded.ts'
import { DuplicateError, NotFoundError } from './errors.ts'
import { limitIn, numberIn } from './find-flat-query.ts'
import { entriesOf, membersOf, textIn } from './read/given.ts'
import { idIn } from './read/read-artifact.ts'

/** Artifacts that somebody has put together, in an order of their own. */
export interface Collection {
  readonly id: string
  readonly ownerId: string
  readonly name: string
  /** Unique among those of `ownerId`. */
  readonly slug: string
  readonly description?: string
  readonly visibility: Visibility
  /** Ids. Those of artifacts that were deleted since are left out, and come back with them. */
  readonly artifacts: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewCollection {
  readonly ownerId?: string
  readonly name: string
  /** Where none is given, made of the name, with a number where that is taken. */
  readonly slug?: string
  readonly description?: string
  /** `public` where none is given. */
  readonly visibility?: Visibility
  readonly artifacts?: readonly string[]
}

/** What is given takes the place of what was; `artifacts` as a whole. */
export type CollectionChanges = Partial<Omit<NewCollection, 'ownerId'>>

const usualLimit = 100
const fields = ['name', 'slug', 'description', 'visibility', 'artifacts'] as const

/** Runs work on the registry that is meant, and tells its errors in the words of the library. */
export type Run = <T>(work: (face: Embedded) => Promise<T>) => Promise<T>

/** What can be done with collections. Everything throws NotFoundError where there is none of that id. */
export class Collections {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  /** @throws DuplicateError: its owner has one of that slug; NotFoundError: an artifact is not there; ValidationError */
  async create(given: NewCollection): Promise<Collection> {
    return await this.#run(async ({ artifacts, caller, limits }) => {
      const { ownerId, ...rest } = membersOf(given, { field: '', as: 'collection' }, ['ownerId', ...fields])
      const said = withOwnList(rest, limits)
      const owner = ownerId === undefined ? '' : textIn(ownerId, 'ownerId', limits.titleLength)
      return toldCollection(
        await speakingOfCollections(() => artifacts.collections.create(caller, owner, said)),
      )
    })
  }

  async read(id: string): Promise<Collection> {
    return await this.#run(async ({ artifacts, limits }) =>
      toldCollection(await artifacts.collections.read(idIn(id, 'id', limits))),
    )
  }

  /** @throws DuplicateError, NotFoundError, ValidationError */
  async update(id: string, changes: CollectionChanges): Promise<Collection> {
    return await this.#change(id, (limits) => {
      const said = withOwnList(membersOf(changes, { field: '', as: 'changes' }, fields), limits)
      return () => said
    })
  }

  /** The artifacts in it stay. */
  async delete(id: string): Promise<void> {
    await this.#run(async ({ artifacts, caller, limits }) =>
      artifacts.collections.delete(caller, idIn(id, 'id', limits)),
    )
  }

  /** Those of one owner, in the order of their slugs. */
  async list(
    ownerId: string,
    page: { readonly limit?: number; readonly after?: string } = {},
  ): Promise<Page<Collection>> {
    return await this.#run(async ({ artifacts: { collections }, limits }) => {
      const { limit, after } = membersOf(page, { field: '', as: 'page' }, ['limit', 'after'])
      const owner = textIn(ownerId, 'ownerId', limits.titleLength)
      const last = after === undefined ? undefined : textIn(after, 'after', limits.titleLength)
      const found = await collections.list(owner, {
        limit: limitIn(limit, usualLimit, limits),
        ...(last !== undefined && { last }),
      })
      const end = found.at(-1)?.slug
      const more = end === undefined ? [] : await collections.list(owner, { last: end, limit: 1 })
      return {
        items: found.map(toldCollection),
        ...(end !== undefined && more.length > 0 && { next: end }),
      }
    })
  }

  /** At a place counted from 0, at the end where none is named. @throws DuplicateError: it is in the collection already */
  async addArtifact(id: string, artifactId: string, at?: number): Promise<Collection> {
    return await this.#change(id, () => ({ artifacts }, live) => {
      if (artifacts.includes(artifactId)) throw new DuplicateError('the collection has that artifact already')
      return { artifacts: placed(artifacts, live, artifactId, placeIn(at, live.length)) }
    })
  }

  /** @throws NotFoundError: it is not in the collection */
  async removeArtifact(id: string, artifactId: string): Promise<Collection> {
    return await this.#change(id, () => ({ artifacts }) => ({ artifacts: without(artifacts, artifactId) }))
  }

  /** To a place counted from 0, as the list is without it. @throws NotFoundError: it is not in the collection */
  async moveArtifact(id: string, artifactId: string, to: number): Promise<Collection> {
    return await this.#change(id, () => ({ artifacts }, live) => {
      const others = live.filter((one) => one !== artifactId)
      return {
        artifacts: placed(without(artifacts, artifactId), others, artifactId, placeIn(to, others.length)),
      }
    })
  }

  /** Decided anew where somebody else has changed the collection meanwhile: no change of two at once is lost. */
  async #change(id: string, read: (limits: Limits) => ChangeCollection): Promise<Collection> {
    return await this.#run(async ({ artifacts, caller, limits }) => {
      const known = idIn(id, 'id', limits)
      const change = read(limits)
      return toldCollection(
        await speakingOfCollections(() => artifacts.collections.update(caller, known, change)),
      )
    })
  }
}

/** Whatever becomes of the list that was given. */
function withOwnList(given: GivenCollection, { collectionSize, titleLength }: Limits): GivenCollection {
  if (given.artifacts === undefined) return given
  const ids = entriesOf(given.artifacts, 'artifacts', collectionSize, 'limits.collectionSize')
  return { ...given, artifacts: ids.map((id, at) => textIn(id, `artifacts[${at}]`, titleLength)) }
}

/** What the core says of every name that is taken, it says of artifacts. */
async function speakingOfCollections<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isCoreError(error, 'artifact-exists')) throw error
    const name = JSON.stringify(error.data.name)
    throw new DuplicateError(`there is a collection ${name} already; choose another slug`, { cause: error })
  }
}

function toldCollection({ owner, description, createdAt, updatedAt, ...rest }: CoreCollection): Collection {
  return {
    ...rest,
    ownerId: owner,
    ...(description !== '' && { description }),
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
  }
}

function without(artifacts: readonly string[], artifact: string): readonly string[] {
  if (!artifacts.includes(artifact)) throw new NotFoundError('the collection does not have that artifact')
  return artifacts.filter((one) => one !== artifact)
}

/** Before the one that is seen at that place; those that were deleted stay where they are. */
function placed(
  artifacts: readonly string[],
  seen: readonly string[],
  artifact: string,
  at: number,
): readonly string[] {
  const next = seen[at]
  const place = next === undefined ? artifacts.length : artifacts.indexOf(next)
  return artifacts.toSpliced(place, 0, artifact)
}

function placeIn(at: unknown, end: number): number {
  return at === undefined
    ? end
    : Math.min(end, numberIn(at, 'at', { least: 0, most: Number.MAX_SAFE_INTEGER }))
}
