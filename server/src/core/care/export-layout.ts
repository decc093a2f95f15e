import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { RegistryError } from '../../domain/error.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import type { DirectoryWriter } from '../../ports/directory/directory.ts'
import { getTag, liveDigest } from '../catalog/move-tag.ts'
import { tags } from '../catalog/tables.ts'
import { openContent } from '../content/blobs.ts'
import { requireRepository } from '../content/repositories.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Progress } from '../ledger/progress.ts'
import { type Gathered, gather } from './gather-manifests.ts'
import {
  indexFile,
  type LayoutDescriptor,
  layoutFile,
  layoutLimits,
  layoutPathOf,
  layoutVersion,
  referrersTag,
  refName,
  tooLarge,
} from './layout.ts'
import { verified, WrongContent } from './verified-bytes.ts'

/** What an operator says. */
export interface ExportOptions {
  readonly repository: RepositoryName
  /** Tags and digests; none: all tags. */
  readonly references: readonly (Tag | Digest)[]
  /** A folder, or a file whose name ends on `.tar`. */
  readonly to: string
}

export interface ExportRequest extends Omit<ExportOptions, 'to'> {
  /** Empty. */
  readonly to: DirectoryWriter
}

export interface ExportReport {
  readonly tags: number
  readonly manifests: number
  /** Of `manifests`: those that speak of another one of them. */
  readonly referrers: number
  readonly blobs: number
  readonly bytes: number
  /** What a manifest names and the repository need not hold, and does not. */
  readonly absent: readonly Digest[]
}

/**
 * Writes a repository, or some of it, as an OCI image layout: manifests with everything that they name, and with what
 * speaks of them. Every byte is verified; index.json comes last.
 * @throws RegistryError `name-unknown`, `manifest-unknown`, `blob-unknown` for what is deleted meanwhile, `content-damaged`, `too-large`, `parameter-invalid` where something stands there already; DirectoryError
 */
export async function exportLayout(
  core: Core,
  request: ExportRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExportReport> {
  const { to, repository } = request
  if (!(await to.isEmpty())) {
    const reason = 'something stands there already: name a new folder or file'
    throw new RegistryError('parameter-invalid', { parameter: 'path', reason })
  }
  const { id } = await requireRepository(core, repository)
  const roots = await rootsOf(core, id, request.references)
  const gathered = await gather(core, id, [...new Set(roots.map(({ digest }) => digest))], signal)
  await writeJson(to, layoutFile, { imageLayoutVersion: layoutVersion }, signal)
  const bytes = await writeContent(core, gathered, to, progress, signal)
  const lists = await writeReferrersLists(gathered, to, signal)
  await writeJson(to, indexFile, indexOf(roots, gathered, lists), signal)
  await to.finish()
  return {
    tags: roots.filter(({ tag }) => tag !== undefined).length,
    manifests: gathered.manifests.size,
    referrers: new Set([...gathered.referrers.values()].flat()).size,
    blobs: gathered.blobs.size,
    bytes,
    absent: gathered.absent,
  }
}

interface Root {
  readonly digest: Digest
  readonly tag?: Tag
}

async function rootsOf(
  core: Core,
  repository: string,
  references: readonly (Tag | Digest)[],
): Promise<readonly Root[]> {
  const roots: Root[] = []
  if (references.length > 0) {
    for (const reference of references) roots.push(await rootOf(core, repository, reference))
    return roots
  }
  for await (const row of eachRow(core.store, tags, { index: 'live', eq: [repository, true] })) {
    roots.push({ digest: row.digest as Digest, tag: row.tag as Tag })
    if (roots.length > layoutLimits.manifests) throw tooLarge('tags', layoutLimits.manifests)
  }
  return roots
}

async function rootOf(core: Core, repository: string, reference: Tag | Digest): Promise<Root> {
  if (isDigest(reference)) return { digest: reference }
  const digest = liveDigest(await getTag(core, repository, reference))
  if (digest === undefined) throw new RegistryError('manifest-unknown', { reference })
  return { digest, tag: reference }
}

async function writeContent(
  core: Core,
  { manifests, blobs }: Gathered,
  to: DirectoryWriter,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const sizes = new Map(Array.from(manifests, ([digest, { size }]) => [digest, size]))
  for (const [digest, size] of blobs) sizes.set(digest, size)
  const of = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  let done = 0
  const onBytes = (count: number): void => {
    done += count
    progress({ phase: 'writing content', done, of, unit: 'bytes' })
  }
  for (const [digest, size] of sizes) {
    signal.throwIfAborted()
    await using content = await openContent(core, digest, undefined, signal)
    try {
      await to.write(layoutPathOf(digest), size, verified(content.bytes, digest, onBytes), signal)
    } catch (error) {
      if (!(error instanceof WrongContent)) throw error
      throw new RegistryError('content-damaged', { digest, retryAfterMs: 60_000 }, { cause: error })
    }
  }
  return of
}

/**
 * What speaks of a manifest, for clients that look for it by a tag: some know no other way to find it in a layout. They are
 * of this layout, and no manifests of the repository.
 */
async function writeReferrersLists(
  { manifests, referrers }: Gathered,
  to: DirectoryWriter,
  signal: AbortSignal,
): Promise<readonly LayoutDescriptor[]> {
  const lists: LayoutDescriptor[] = []
  for (const [subject, digests] of referrers) {
    const bytes = Buffer.from(
      JSON.stringify(indexDocument(digests.map((digest) => found(manifests, digest)))),
    )
    const digest = digestOf(bytes)
    if (!manifests.has(digest)) await writeBytes(to, layoutPathOf(digest), bytes, signal)
    const annotations = { [refName]: referrersTag(subject) }
    lists.push({ mediaType: mediaTypes.ociIndex, digest, size: bytes.length, annotations })
  }
  return lists
}

/** Tags first, in their order; then what was named by its digest; then what speaks of any of them. */
function indexOf(
  roots: readonly Root[],
  { manifests, referrers }: Gathered,
  lists: readonly LayoutDescriptor[],
): object {
  const rooted = new Set(roots.map(({ digest }) => digest))
  const tagged = new Set<string | undefined>(roots.map(({ tag }) => tag))
  const speaking = new Set([...referrers.values()].flat().filter((digest) => !rooted.has(digest)))
  return indexDocument([
    ...roots.map(({ digest, tag }) => ({
      ...found(manifests, digest),
      ...(tag !== undefined && { annotations: { [refName]: tag } }),
    })),
    ...[...speaking].map((digest) => found(manifests, digest)),
    // Where somebody has pushed such a list, that one is told.
    ...lists.filter(({ annotations }) => !tagged.has(annotations?.[refName])),
  ])
}

function indexDocument(manifests: readonly LayoutDescriptor[]): object {
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
}

function found(manifests: Gathered['manifests'], digest: Digest): LayoutDescriptor {
  const descriptor = manifests.get(digest)
  if (descriptor === undefined) throw new Error(`${digest} was not gathered`)
  return descriptor
}

async function writeJson(
  to: DirectoryWriter,
  path: string,
  value: object,
  signal: AbortSignal,
): Promise<void> {
  await writeBytes(to, path, Buffer.from(JSON.stringify(value)), signal)
}

async function writeBytes(
  to: DirectoryWriter,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const once = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  await to.write(path, bytes.length, once(), signal)
}
