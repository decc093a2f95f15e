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
import { repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

export interface ManifestInfo {
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
}

export interface ManifestContent extends ManifestInfo {
  /** Exactly as pushed. Shared: not to be changed. */
  readonly bytes: Uint8Array
}

/** What a tag or a digest means in a repository, now or at another time. */
export class Manifests {
  readonly #core: Core
  readonly #cache: ReadCache

  constructor(core: Core, cache: ReadCache) {
    this.#core = core
    this.#cache = cache
  }

  /** A hit in memory answers synchronously, by an error too. @throws RegistryError `manifest-unknown` */
  get(repository: RepositoryName, reference: Tag | Digest): ManifestContent | Promise<ManifestContent> {
    const key = `manifest ${repository} ${reference}`
    const hit = this.#cache.peek<ManifestContent | undefined>(key)
    if (hit !== undefined) return found(hit.value, reference)
    return this.#cache
      .load(key, (reads) => this.#read(repository, reference, reads))
      .then((value) => found(value, reference))
  }

  /** Never from a cache. @throws RegistryError `manifest-unknown` */
  async stat(repository: RepositoryName, reference: Tag | Digest): Promise<ManifestInfo> {
    const home = await findRepository(this.#core, repository)
    const digest =
      home &&
      (isDigest(reference) ? reference : liveDigest(await getTag(this.#core, home.id, reference as Tag)))
    const row = home && digest && (await getManifest(this.#core, home.id, digest))
    if (!row) throw new RegistryError('manifest-unknown', { reference })
    return { digest: row.digest as Digest, mediaType: row.mediaType, size: row.size }
  }

  /** As it was at a time (ms since 1970). @throws RegistryError `manifest-unknown` */
  async getAt(repository: RepositoryName, tag: Tag, at: number): Promise<ManifestContent> {
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
      return await this.get(repository, entry.digest)
    } catch (error) {
      if (!isRegistryError(error, 'manifest-unknown')) throw error
      const reference = `${then}, which was ${entry.digest} and has been deleted since`
      throw new RegistryError('manifest-unknown', { reference })
    }
  }

  async #read(
    repository: RepositoryName,
    reference: Tag | Digest,
    reads: Reads,
  ): Promise<Loaded<ManifestContent | undefined>> {
    const missing = { value: undefined, bytes: 1 }
    reads.unique(repositories, 'name', [repository])
    const home = await findRepository(this.#core, repository)
    if (home === undefined) return missing
    reads.row(repositories, [home.id])
    const digest = isDigest(reference) ? reference : await this.#follow(home.id, reference as Tag, reads)
    if (digest === undefined) return missing
    reads.row(manifests, [home.id, digest])
    const row = await getManifest(this.#core, home.id, digest)
    if (row === undefined) return missing
    const bytes = await this.#content(digest).catch(async (error: unknown) => {
      // Deleted between the two reads, which took its content too; else the store contradicts itself.
      const isGone = (await getManifest(this.#core, home.id, digest))?.rev !== row.rev
      if (isGone && isRegistryError(error, 'blob-unknown')) return undefined
      throw error
    })
    if (bytes === undefined) return missing
    return { value: { digest, mediaType: row.mediaType, size: row.size, bytes }, bytes: bytes.length }
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

function found(content: ManifestContent | undefined, reference: string): ManifestContent {
  if (content === undefined) throw new RegistryError('manifest-unknown', { reference })
  return content
}
