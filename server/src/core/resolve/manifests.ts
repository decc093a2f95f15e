import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import type { Loaded, ReadCache, Reads } from '../cache/read-cache.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { getTag, liveDigest } from '../catalog/move-tag.ts'
import { manifests, tagHistory, tags } from '../catalog/tables.ts'
import { openContent } from '../content/blobs.ts'
import { findRepository } from '../content/repositories.ts'
import { blobs } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import type { Pulled, Pulls } from './pulls.ts'
import { readRepository } from './read-repository.ts'

export interface ManifestInfo {
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
}

export interface ManifestContent extends ManifestInfo {
  /** Exactly as pushed. Shared: not to be changed. */
  readonly bytes: Uint8Array
}

/** As it is kept in memory. */
interface Found {
  readonly content: ManifestContent
  readonly pulled: Pulled
}

/** What a tag or a digest means in a repository, now or at another time. */
export class Manifests {
  readonly #core: Core
  readonly #cache: ReadCache
  readonly #coherent: boolean
  readonly #pulls: Pick<Pulls, 'count'>

  /** `coherent`: as for `HeldBlobs`. */
  constructor(core: Core, cache: ReadCache, coherent: boolean, pulls: Pick<Pulls, 'count'>) {
    this.#core = core
    this.#cache = cache
    this.#coherent = coherent
    this.#pulls = pulls
  }

  /**
   * A hit in memory answers synchronously, by an error too. `isPull`: it is counted as one.
   * @throws RegistryError `manifest-unknown`
   */
  get(
    repository: RepositoryName,
    reference: Tag | Digest,
    isPull = false,
  ): ManifestContent | Promise<ManifestContent> {
    const key = `manifest ${repository} ${reference}`
    const hit = this.#cache.peek<Found | undefined>(key)
    if (hit !== undefined && this.#believed(hit.value)) return this.#answer(hit.value, reference, isPull)
    return this.#cache
      .load(key, (reads) => this.#read(repository, reference, reads), this.#believed)
      .then((found) => this.#answer(found, reference, isPull))
  }

  /**
   * For a client that skips a push where it is told yes: from memory only where the cache is `coherent`. Who asks for
   * damaged content is told that it is not there, since a push would mend it. @throws RegistryError `manifest-unknown`
   */
  stat(repository: RepositoryName, reference: Tag | Digest): ManifestInfo | Promise<ManifestInfo> {
    if (!this.#coherent) return this.#look(repository, reference)
    const known = this.get(repository, reference)
    if (!(known instanceof Promise)) return known
    return known.catch((error: unknown) => {
      throw isRegistryError(error, 'content-damaged')
        ? new RegistryError('manifest-unknown', { reference }, { cause: error })
        : error
    })
  }

  async #look(repository: RepositoryName, reference: Tag | Digest): Promise<ManifestInfo> {
    const home = await findRepository(this.#core, repository)
    const digest =
      home &&
      (isDigest(reference) ? reference : liveDigest(await getTag(this.#core, home.id, reference as Tag)))
    const row = home && digest && (await getManifest(this.#core, home.id, digest))
    if (!row || (await this.#core.store.get(blobs, [row.digest]))?.damagedAt !== 0)
      throw new RegistryError('manifest-unknown', { reference })
    return { digest: row.digest as Digest, mediaType: row.mediaType, size: row.size }
  }

  /** That something is not there another process may have mended a moment ago, without waiting until others know. */
  readonly #believed = (kept: Found | undefined): boolean => this.#coherent || kept !== undefined

  /** As it was at a time (ms since 1970). @throws RegistryError `manifest-unknown` */
  async getAt(repository: RepositoryName, tag: Tag, at: number, isPull = false): Promise<ManifestContent> {
    const home = await findRepository(this.#core, repository)
    const entry =
      home &&
      (
        await this.#core.store.find(tagHistory, {
          index: 'byTime',
          eq: [home.id, tag],
          back: true,
          beyond: [at + 1],
          limit: 1,
        })
      ).rows[0]
    const then = `${tag} at ${new Date(at).toISOString()}`
    if (entry === undefined || !isDigest(entry.digest))
      throw new RegistryError('manifest-unknown', { reference: then })
    try {
      return await this.get(repository, entry.digest, isPull)
    } catch (error) {
      if (!isRegistryError(error, 'manifest-unknown')) throw error
      const reference = `${then}, which was ${entry.digest} and has been deleted since`
      throw new RegistryError('manifest-unknown', { reference })
    }
  }

  #answer(found: Found | undefined, reference: string, isPull: boolean): ManifestContent {
    if (found === undefined) throw new RegistryError('manifest-unknown', { reference })
    if (isPull) this.#pulls.count(found.pulled)
    return found.content
  }

  async #read(
    repository: RepositoryName,
    reference: Tag | Digest,
    reads: Reads,
  ): Promise<Loaded<Found | undefined>> {
    const missing = { value: undefined, bytes: 1 }
    const home = await readRepository(this.#core, repository, reads)
    if (home === undefined) return missing
    const digest = isDigest(reference) ? reference : await this.#follow(home.id, reference as Tag, reads)
    if (digest === undefined) return missing
    reads.row(manifests, [home.id, digest])
    const row = await getManifest(this.#core, home.id, digest)
    if (row === undefined) return missing
    // Of the same digest, so that damage that is found makes what is kept void.
    reads.row(blobs, [digest])
    const bytes = await this.#content(digest).catch(async (error: unknown) => {
      // Deleted between the two reads, which took its content too; else the store contradicts itself.
      const isGone = (await getManifest(this.#core, home.id, digest))?.rev !== row.rev
      if (isGone && isRegistryError(error, 'blob-unknown')) return undefined
      throw error
    })
    if (bytes === undefined) return missing
    const content = { digest, mediaType: row.mediaType, size: row.size, bytes }
    return { value: { content, pulled: { repository: home.id, digest } }, bytes: bytes.length }
  }

  async #follow(repository: string, tag: Tag, reads: Reads): Promise<Digest | undefined> {
    reads.row(tags, [repository, tag])
    return liveDigest(await getTag(this.#core, repository, tag))
  }

  async #content(digest: Digest): Promise<Uint8Array> {
    await using content = await openContent(this.#core, digest, undefined, new AbortController().signal)
    const chunks: Uint8Array[] = []
    for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
  }
}
