import type { Collection, Visibility } from '../../domain/artifact.ts'
import { visibilities } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import { isRepositorySegment } from '../../domain/repository-name.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { EventKind, NewEvent } from '../ledger/ledger.ts'
import { checkKeyText, checkText, invalid } from './check-metadata.ts'
import { numbered, slugOf } from './slug.ts'
import { artifacts, type CollectionRow, collections } from './tables.ts'

const numbersTried = 50

export interface GivenCollection {
  readonly name?: unknown
  /** The first free one that is made of the name where none is given. */
  readonly slug?: unknown
  readonly description?: unknown
  readonly visibility?: unknown
  /** Ids, in their order. */
  readonly artifacts?: unknown
}

/** @throws RegistryError `artifact-invalid`, `artifact-exists`: the owner has one of that slug; `artifact-unknown` */
export async function createCollection(
  core: Core,
  caller: Caller,
  owner: string,
  given: GivenCollection,
): Promise<Collection> {
  checkKeyText(owner, 'ownerId', core.limits.titleLength)
  const now = core.clock.now()
  const blank = { id: core.artifactIds.next(now, core.random.bytes(10)), owner, createdAt: now }
  const wanted = await checked(core, given, { ...empty, ...blank, updatedAt: now })
  return await core.ledger.change(caller, async () => {
    const isOfName = given.slug === undefined || given.slug === null
    const row = isOfName ? { ...wanted, slug: await freeSlug(core, wanted) } : wanted
    if (!isOfName) await requireFree(core, row)
    await requireThere(core, row, [])
    return {
      value: collectionOf(row),
      changes: [insert(collections, row)],
      events: [told('collection.created', row)],
    }
  })
}

/** What a collection shall be from now on, made of what it is. `live`: those of its artifacts that were not deleted. */
export type ChangeCollection = (before: Collection, live: readonly string[]) => GivenCollection

/**
 * What is given takes the place of what was. A function is asked again when somebody else has changed the collection
 * meanwhile. @throws RegistryError as `createCollection`, and `collection-unknown`
 */
export async function updateCollection(
  core: Core,
  caller: Caller,
  id: string,
  change: GivenCollection | ChangeCollection,
): Promise<Collection> {
  return await core.ledger.change(caller, async () => {
    const { rev, ...before } = await requireCollection(core, id)
    const was = collectionOf(before)
    const given = typeof change === 'function' ? change(was, (await withLive(core, was)).artifacts) : change
    const row = await checked(core, given, {
      ...before,
      updatedAt: Math.max(core.clock.now(), before.updatedAt),
    })
    if (row.slug !== before.slug) await requireFree(core, row)
    if (given.artifacts !== undefined) await requireThere(core, row, was.artifacts)
    return {
      value: await withLive(core, collectionOf(row)),
      changes: [put(collections, row, rev)],
      events: [told('collection.updated', row)],
    }
  })
}

/** The artifacts stay. @throws RegistryError `collection-unknown` */
export async function deleteCollection(core: Core, caller: Caller, id: string): Promise<void> {
  await core.ledger.change(caller, async () => {
    const row = await requireCollection(core, id)
    return {
      value: undefined,
      changes: [remove(collections, [id], { rev: row.rev })],
      events: [told('collection.deleted', row)],
    }
  })
}

/** Without the artifacts that were deleted since. @throws RegistryError `collection-unknown` */
export async function readCollection(core: Core, id: string): Promise<Collection> {
  return await withLive(core, collectionOf(await requireCollection(core, id)))
}

/** In the order of their slugs. */
export async function listCollections(
  core: Core,
  owner: string,
  query: { readonly last?: string; readonly limit: number },
): Promise<readonly Collection[]> {
  const { last, limit } = query
  const { rows } = await core.store.find(collections, {
    index: 'byOwner',
    eq: [owner],
    limit: Math.min(limit, core.limits.pageSize),
    ...(last !== undefined && { beyond: [last] }),
  })
  return await Promise.all(rows.map((row) => withLive(core, collectionOf(row))))
}

const empty: CollectionRow = {
  id: '',
  owner: '',
  slug: '',
  name: '',
  description: '',
  visibility: 'public',
  artifacts: '[]',
  createdAt: 0,
  updatedAt: 0,
}

async function checked(core: Core, given: GivenCollection, before: CollectionRow): Promise<CollectionRow> {
  const { titleLength, textLength } = core.limits
  const name = given.name === undefined ? before.name : checkText(given.name, 'name', titleLength)
  if (name === '') throw invalid('name', 'it is needed, and not empty')
  const wanted = given.slug ?? (before.slug === '' ? await slugOf(name, 'collection') : before.slug)
  const slug = checkText(wanted, 'slug', titleLength)
  if (!isRepositorySegment(slug))
    throw invalid('slug', 'it is not made of lower-case words joined by hyphens')
  return {
    ...before,
    name,
    slug,
    description:
      given.description === undefined
        ? before.description
        : checkText(given.description, 'description', textLength),
    visibility: given.visibility === undefined ? before.visibility : visibilityIn(given.visibility),
    artifacts:
      given.artifacts === undefined ? before.artifacts : JSON.stringify(idsIn(core, given.artifacts)),
  }
}

function visibilityIn(value: unknown): Visibility {
  const visibility = visibilities.find((one) => one === value)
  if (visibility === undefined) throw invalid('visibility', `it is none of ${visibilities.join(', ')}`)
  return visibility
}

function idsIn({ limits }: Core, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalid('artifacts', 'it is not a list')
  if (value.length > limits.collectionSize)
    throw invalid('artifacts', `it has more than ${limits.collectionSize} entries (limits.collectionSize)`)
  // By number: a list may have holes.
  const ids = Array.from(value as readonly unknown[], (id, at) => {
    if (typeof id !== 'string') throw invalid(`artifacts/${at}`, 'it is not text')
    return checkText(id, `artifacts/${at}`, limits.titleLength)
  })
  if (new Set(ids).size < ids.length) throw invalid('artifacts', 'an artifact is there twice')
  return ids
}

/** The next one that nobody has; by chance where many have wanted it, for looking further would take too long. */
async function freeSlug(core: Core, { owner, slug }: CollectionRow): Promise<string> {
  for (let number = 1; number <= numbersTried; number++) {
    const candidate = numbered(slug, number)
    if (!(await isTaken(core, owner, candidate))) return candidate
  }
  return `${slug}-${Buffer.from(core.random.bytes(5)).toString('hex')}`
}

async function isTaken({ store }: Core, owner: string, slug: string): Promise<boolean> {
  return (await store.get(collections, { unique: 'slug', values: [owner, slug] })) !== undefined
}

async function requireFree(core: Core, { owner, slug }: CollectionRow): Promise<void> {
  if (await isTaken(core, owner, slug))
    throw new RegistryError('artifact-exists', { name: `${owner}/${slug}` })
}

/** Those that were in it before may have been deleted since. */
async function requireThere(core: Core, row: CollectionRow, before: readonly string[]): Promise<void> {
  const wanted = collectionOf(row).artifacts.filter((id) => !before.includes(id))
  const there = (await withLive(core, { ...collectionOf(row), artifacts: wanted })).artifacts
  const missing = wanted.find((id) => !there.includes(id))
  if (missing !== undefined) throw new RegistryError('artifact-unknown', { artifact: missing })
}

async function requireCollection(core: Core, id: string): Promise<Stored<CollectionRow>> {
  const row = await core.store.get(collections, [id])
  if (row === undefined) throw new RegistryError('collection-unknown', { collection: id })
  return row
}

async function withLive(core: Core, collection: Collection): Promise<Collection> {
  if (collection.artifacts.length === 0) return collection
  const rows = await core.store.getMany(
    artifacts,
    collection.artifacts.map((id) => [id]),
  )
  return { ...collection, artifacts: collection.artifacts.filter((_, at) => rows[at]?.live === true) }
}

function collectionOf(row: CollectionRow): Collection {
  const { id, owner, slug, name, description, createdAt, updatedAt } = row
  return {
    id,
    owner,
    slug,
    name,
    description,
    visibility: row.visibility as Visibility,
    artifacts: JSON.parse(row.artifacts) as string[],
    createdAt,
    updatedAt,
  }
}

function told(kind: EventKind, { id }: CollectionRow): NewEvent {
  return { kind, repository: '', artifact: id }
}
