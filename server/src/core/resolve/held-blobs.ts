import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { ByteRange } from '../../ports/blobs/blobs.ts'
import type { Loaded, ReadCache, Reads } from '../cache/read-cache.ts'
import { getHolding } from '../content/blob-rows.ts'
import {
  type BlobContent,
  damagedContent,
  isHalfIdle,
  openBlob,
  redirectToBlob,
  statBlob,
} from '../content/blobs.ts'
import { blobs, holdings } from '../content/tables.ts'
import type { BlobInfo } from '../content/uploads.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { readRepository } from './read-repository.ts'

interface Held {
  readonly info: BlobInfo
  /** null: it has a file, and is read from there. */
  readonly bytes: Uint8Array | null
  readonly damaged: boolean
  readonly refs: number
  readonly idleSince: number
}

type Known = Held | 'missing'

/**
 * What a repository holds, in memory as long as none of its rows changes; with their bytes where these stand in the
 * store. A hit is answered synchronously.
 */
export class HeldBlobs {
  readonly #core: Core
  readonly #cache: ReadCache
  readonly #coherent: boolean

  /**
   * `coherent`: whoever changes the rows moves the cache's generations before the change is answered. Only then may a
   * client be told from memory that it can skip an upload.
   */
  constructor(core: Core, cache: ReadCache, coherent: boolean) {
    this.#core = core
    this.#cache = cache
    this.#coherent = coherent
  }

  /** As `statBlob`. */
  stat(
    caller: Caller,
    repository: RepositoryName,
    digest: Digest,
    mayWrite: boolean,
  ): BlobInfo | Promise<BlobInfo> {
    const core = this.#core
    const fromStore = (): Promise<BlobInfo> => statBlob(core, caller, repository, digest, mayWrite)
    if (!this.#coherent) return fromStore()
    const answer = (known: Known): BlobInfo | Promise<BlobInfo> => {
      if (known === 'missing') throw new RegistryError('blob-unknown', { digest })
      return known.damaged || (mayWrite && isHalfIdle(core, known)) ? fromStore() : known.info
    }
    const known = this.#known(repository, digest)
    return known instanceof Promise ? known.then(answer) : answer(known)
  }

  /** As `openBlob`, whose answer a small blob's is like; its bytes come in one piece. */
  open(
    caller: Caller,
    repository: RepositoryName,
    digest: Digest,
    range?: (size: number) => ByteRange | undefined,
  ): BlobContent | Promise<BlobContent> {
    const answer = (known: Known): BlobContent | Promise<BlobContent> => {
      if (known === 'missing') throw new RegistryError('blob-unknown', { digest })
      if (known.damaged) throw damagedContent(digest)
      if (known.bytes !== null) return opened(digest, known.bytes, range)
      return this.#core.blobs.can.redirect
        ? this.#openElsewhere(known, () => openBlob(this.#core, caller, repository, digest, range))
        : openBlob(this.#core, caller, repository, digest, range)
    }
    const known = this.#known(repository, digest)
    return known instanceof Promise ? known.then(answer) : answer(known)
  }

  async #openElsewhere({ info }: Held, here: () => Promise<BlobContent>): Promise<BlobContent> {
    const elsewhere = await redirectToBlob(this.#core, info.digest)
    return elsewhere === undefined ? await here() : { ...opened(info.digest, nothing), ...info, elsewhere }
  }

  #known(repository: RepositoryName, digest: Digest): Known | Promise<Known> {
    const key = `blob ${repository} ${digest}`
    const hit = this.#cache.peek<Known>(key)?.value
    if (hit !== undefined && this.#believed(hit)) return hit
    return this.#cache.load<Known>(key, (reads) => this.#read(repository, digest, reads), this.#believed)
  }

  /** As for manifests. */
  readonly #believed = (kept: Known): boolean => this.#coherent || kept !== 'missing'

  async #read(repository: RepositoryName, digest: Digest, reads: Reads): Promise<Loaded<Known>> {
    const missing = { value: 'missing', bytes: 1 } as const
    const home = await readRepository(this.#core, repository, reads)
    if (home === undefined) return missing
    reads.row(holdings, [home.id, digest])
    const holding = await getHolding(this.#core, home.id, digest)
    if (holding === undefined) return missing
    reads.row(blobs, [digest])
    const row = await this.#core.store.get(blobs, [digest])
    if (row === undefined) return missing
    const { refs, idleSince } = holding
    const { bytes, size, damagedAt } = row
    const info = { digest, size }
    return { value: { info, bytes, damaged: damagedAt !== 0, refs, idleSince }, bytes: bytes?.length ?? 1 }
  }
}

const nothing = new Uint8Array()

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
