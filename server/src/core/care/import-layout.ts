import type { Digest } from '../../domain/digest.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Manifest } from '../../domain/manifest.ts'
import type { Link } from '../../domain/manifest-links.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import type { DirectoryReader } from '../../ports/directory/directory.ts'
import type { Body } from '../content/body.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Limits } from '../ledger/limits.ts'
import type { Progress } from '../ledger/progress.ts'
import type { PutManifest } from '../publish/put-manifest.ts'
import {
  isManifestType,
  type LayoutDescriptor,
  layoutLimits,
  layoutPathOf,
  refusedLayout,
  tooLarge,
} from './layout.ts'
import { type LayoutRoot, readLayout, readLayoutManifest } from './read-layout.ts'

/** What an operator says. */
export interface ImportOptions {
  /** A folder, or a file whose name ends on `.tar`. */
  readonly from: string
  readonly repository: RepositoryName
  /** What the one image of the layout is to be called, whatever it is called there. */
  readonly tag?: Tag
}

export interface ImportRequest extends Omit<ImportOptions, 'from'> {
  readonly from: DirectoryReader
}

export interface ImportReport {
  readonly tags: readonly Tag[]
  readonly manifests: number
  readonly blobs: number
  /** Of the blobs that were pushed. */
  readonly bytes: number
  /** Manifests and blobs that the repository had already. */
  readonly present: number
  /** Names in the layout that can be no tags: what they name is there by its digest. */
  readonly otherNames: readonly string[]
}

/** The use cases of a push, as every door has them. */
export interface Pushing {
  readonly uploads: {
    push(caller: Caller, repository: RepositoryName, digest: Digest, body: Body): Promise<unknown>
  }
  readonly blobs: {
    stat(caller: Caller, repository: RepositoryName, digest: Digest): unknown
  }
  readonly manifests: {
    stat(caller: Caller, repository: RepositoryName, reference: Digest): unknown
    put(caller: Caller, request: PutManifest): Promise<unknown>
  }
}

/**
 * Pushes what an OCI image layout holds: blobs, then manifests from the leaves up, then tags, so that an import that is cut
 * off leaves what a push would, and another goes on from there.
 * @throws RegistryError `parameter-invalid` for what is no sound layout, and all that a push may be refused for;
 *   DirectoryError
 */
export async function importLayout(
  registry: Pushing,
  limits: Pick<Limits, 'manifestBytes' | 'linksPerManifest' | 'tagsPerPush'>,
  caller: Caller,
  request: ImportRequest,
  progress: Progress,
): Promise<ImportReport> {
  const run = new Import(registry, limits, caller, request, progress)
  const roots = named(await readLayout(request.from, caller.signal), request.tag)
  for (const root of roots) await run.root(root)
  return run.report(roots)
}

function named(roots: readonly LayoutRoot[], tag: Tag | undefined): readonly LayoutRoot[] {
  if (tag === undefined) return roots
  const [only, ...others] = roots.some(isNamed) ? roots.filter(isNamed) : roots
  if (only === undefined) throw refusedLayout('its index names nothing')
  if (others.length > 0) {
    throw refusedLayout(
      `it holds ${others.length + 1} images, and one tag is for one of them: leave the tag away`,
    )
  }
  return roots.map((root) => (root === only ? { ...root, tags: [tag], otherNames: [] } : root))
}

const isNamed = ({ tags, otherNames }: LayoutRoot): boolean => tags.length + otherNames.length > 0

class Import {
  readonly #registry: Pushing
  readonly #limits: Pick<Limits, 'manifestBytes' | 'linksPerManifest' | 'tagsPerPush'>
  readonly #caller: Caller
  readonly #request: ImportRequest
  readonly #progress: Progress
  readonly #seen = new Set<Digest>()
  readonly #seenBlobs = new Set<Digest>()
  readonly #counts = { manifests: 0, blobs: 0, bytes: 0, present: 0 }

  constructor(
    registry: Pushing,
    limits: Pick<Limits, 'manifestBytes' | 'linksPerManifest' | 'tagsPerPush'>,
    caller: Caller,
    request: ImportRequest,
    progress: Progress,
  ) {
    this.#registry = registry
    this.#limits = limits
    this.#caller = caller
    this.#request = request
    this.#progress = progress
  }

  async root(root: LayoutRoot): Promise<void> {
    await this.#manifest(root, 0)
    const { bytes } = await this.#read(root)
    const most = this.#limits.tagsPerPush
    for (let at = 0; at < root.tags.length; at += most) {
      await this.#put(root, bytes, root.tags.slice(at, at + most))
    }
  }

  report(roots: readonly LayoutRoot[]): ImportReport {
    return {
      ...this.#counts,
      tags: roots.flatMap(({ tags }) => tags),
      otherNames: roots.flatMap(({ otherNames }) => otherNames),
    }
  }

  /** What the repository has, it has with all that it names. */
  async #manifest(descriptor: LayoutDescriptor, depth: number): Promise<void> {
    this.#caller.signal.throwIfAborted()
    if (this.#seen.has(descriptor.digest)) return
    if (depth > layoutLimits.depth)
      throw refusedLayout(`indexes stand in indexes more than ${layoutLimits.depth} deep`)
    this.#seen.add(descriptor.digest)
    if (this.#seen.size > layoutLimits.manifests) throw tooLarge('manifests', layoutLimits.manifests)
    if (
      await this.#isThere(() =>
        this.#registry.manifests.stat(this.#caller, this.#request.repository, descriptor.digest),
      )
    ) {
      this.#counts.present++
      return
    }
    const { bytes, manifest } = await this.#read(descriptor)
    for (const link of manifest.links) await this.#link(manifest, link, depth)
    await this.#put(descriptor, bytes, [])
    this.#counts.manifests++
    this.#progress({ phase: 'importing', done: this.#counts.bytes, unit: 'bytes' })
  }

  async #link(manifest: Manifest, link: Link, depth: number): Promise<void> {
    if (link.role !== 'manifest' || !isManifestType(link.mediaType)) return await this.#blob(link)
    const child = manifest.manifests.find(({ digest }) => digest === link.digest)
    // What is not in the layout may be in the repository; if it is not, the push of the index is refused, and says so.
    if (child !== undefined && (await this.#request.from.size(layoutPathOf(link.digest))) !== undefined) {
      await this.#manifest(child, depth + 1)
    }
  }

  async #blob({ digest, size }: Link): Promise<void> {
    const { from, repository } = this.#request
    if (this.#seenBlobs.has(digest)) return
    this.#seenBlobs.add(digest)
    if (this.#seenBlobs.size > layoutLimits.blobs) throw tooLarge('blobs', layoutLimits.blobs)
    if (await this.#isThere(() => this.#registry.blobs.stat(this.#caller, repository, digest))) {
      this.#counts.present++
      return
    }
    const path = layoutPathOf(digest)
    await using file = await from.open(path, this.#caller.signal)
    // The push of the manifest is refused where it is not one that may be missing.
    if (file === undefined) return
    if (file.size !== size) throw refusedLayout(`${path} has ${file.size} bytes and not ${size}`)
    try {
      await this.#registry.uploads.push(this.#caller, repository, digest, {
        bytes: this.#told(file.bytes),
        length: size,
      })
    } catch (error) {
      if (!isRegistryError(error, 'digest-mismatch')) throw error
      throw refusedLayout(`${path} has another digest`)
    }
    this.#counts.blobs++
  }

  async *#told(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#counts.bytes += chunk.length
      this.#progress({ phase: 'importing', done: this.#counts.bytes, unit: 'bytes' })
      yield chunk
    }
  }

  #read(descriptor: LayoutDescriptor): ReturnType<typeof readLayoutManifest> {
    return readLayoutManifest(this.#request.from, descriptor, this.#limits, this.#caller.signal)
  }

  async #put(
    { digest, mediaType }: LayoutDescriptor,
    bytes: Uint8Array,
    tags: readonly Tag[],
  ): Promise<void> {
    const { repository } = this.#request
    await this.#registry.manifests.put(this.#caller, {
      repository,
      reference: digest,
      tags,
      contentType: mediaType,
      bytes,
      expect: {},
    })
  }

  async #isThere(stat: () => unknown): Promise<boolean> {
    try {
      await stat()
      return true
    } catch (error) {
      if (error instanceof RegistryError && missing.has(error.code)) return false
      throw error
    }
  }
}

const missing: ReadonlySet<string> = new Set(['blob-unknown', 'manifest-unknown', 'name-unknown'])
