import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { ByteRange } from '../../ports/blobs/blobs.ts'
import type { Loaded, ReadCache, Reads } from '../cache/read-cache.ts'
import { getHolding } from '../content/blob-rows.ts'
import { type BlobContent, openBlob } from '../content/blobs.ts'
import { findRepository } from '../content/repositories.ts'
import { blobs, holdings, repositories } from '../content/tables.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'

/** `missing`: the repository does not hold it. `large`: it has a file, and is read from there. */
type Known = Uint8Array | 'missing' | 'large'

/** Blobs that stand in the store are kept in memory, as long as their repository holds them. */
export class SmallBlobs {
  readonly #core: Core
  readonly #cache: ReadCache

  constructor(core: Core, cache: ReadCache) {
    this.#core = core
    this.#cache = cache
  }

  /** As `openBlob`, whose answer a small blob's is like; its bytes come in one piece. */
  async open(
    caller: Caller,
    repository: RepositoryName,
    digest: Digest,
    range?: (size: number) => ByteRange | undefined,
  ): Promise<BlobContent> {
    const key = `blob ${repository} ${digest}`
    const hit = this.#cache.peek<Known>(key)
    const known =
      hit?.value ?? (await this.#cache.load<Known>(key, (reads) => this.#read(repository, digest, reads)))
    if (known === 'missing') throw new RegistryError('blob-unknown', { digest })
    return known === 'large'
      ? await openBlob(this.#core, caller, repository, digest, range)
      : opened(digest, known, range)
  }

  async #read(repository: RepositoryName, digest: Digest, reads: Reads): Promise<Loaded<Known>> {
    const missing = { value: 'missing', bytes: 1 } as const
    reads.unique(repositories, 'name', [repository])
    const home = await findRepository(this.#core, repository)
    if (home === undefined) return missing
    reads.row(repositories, [home.id])
    reads.row(holdings, [home.id, digest])
    if ((await getHolding(this.#core, home.id, digest)) === undefined) return missing
    reads.row(blobs, [digest])
    const row = await this.#core.store.get(blobs, [digest])
    if (row === undefined) return missing
    return row.bytes === null ? { value: 'large', bytes: 1 } : { value: row.bytes, bytes: row.bytes.length }
  }
}

function opened(
  digest: Digest,
  whole: Uint8Array,
  range?: (size: number) => ByteRange | undefined,
): BlobContent {
  const part = range?.(whole.length)
  const inline = part === undefined ? whole : whole.subarray(part.start, part.end + 1)
  return {
    digest,
    size: whole.length,
    ...(part && { range: part }),
    inline,
    bytes: {
      async *[Symbol.asyncIterator]() {
        yield inline
      },
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
