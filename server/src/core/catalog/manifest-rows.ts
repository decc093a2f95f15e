import type { Digest } from '../../domain/digest.ts'
import { patch } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { type LinkRow, links, type ManifestRow, manifests } from './tables.ts'

export async function getManifest(
  core: Pick<Core, 'store'>,
  repository: string,
  digest: Digest,
): Promise<Stored<ManifestRow> | undefined> {
  return await core.store.get(manifests, [repository, digest])
}

/** The manifest, or index, that names a digest: the first one by digest. */
export async function namedBy(
  core: Pick<Core, 'store'>,
  repository: string,
  digest: Digest,
): Promise<string | undefined> {
  const { rows } = await core.store.find(links, { index: 'byDigest', eq: [repository, digest], limit: 1 })
  return rows[0]?.manifest
}

/** Every link of one manifest: bounded by `linksPerManifest`, which is below one page. */
export async function linksOfManifest(
  core: Pick<Core, 'store'>,
  repository: string,
  manifest: string,
): Promise<Stored<LinkRow>[]> {
  return (await core.store.find(links, { index: 'key', eq: [repository, manifest], limit: 1000 })).rows
}

/**
 * References to rows of one repository, gathered so that a batch names each row once however many of its parts touch
 * it. Losing a reference is a reason to count the grace time anew.
 */
export class References {
  readonly #core: Core
  readonly #repository: string
  readonly #manifests = new Map<string, { add: number; lost: boolean; idleSince: number }>()
  readonly #holdings = new Map<string, { add: number; lost: boolean; idleSince: number }>()

  constructor(core: Core, repository: string) {
    this.#core = core
    this.#repository = repository
  }

  /** Rows of manifests that are named here must not be named otherwise in the batch. */
  get manifests(): ReadonlySet<string> {
    return new Set(this.#manifests.keys())
  }

  manifest(digest: string, add: number, idleSince = 0): void {
    addTo(this.#manifests, digest, add, idleSince)
  }

  holding(digest: string, add: number, idleSince = 0): void {
    addTo(this.#holdings, digest, add, idleSince)
  }

  /** Takes a manifest's own row out of the gathering: it is being made or removed by the batch. */
  takeManifest(digest: string): number {
    const gathered = this.#manifests.get(digest)?.add ?? 0
    this.#manifests.delete(digest)
    return gathered
  }

  changes(): Change[] {
    const now = this.#core.clock.now()
    const change =
      (table: typeof manifests | typeof holdings) =>
      ([digest, { add, lost, idleSince }]: [
        string,
        { add: number; lost: boolean; idleSince: number },
      ]): Change => {
        const idle = Math.max(now, idleSince)
        return patch(table as typeof holdings, [this.#repository, digest], {
          ...(add !== 0 && { add: { refs: add } }),
          ...(lost && { set: { idleSince: idle }, when: { idleSince: { lte: idle } } }),
        })
      }
    return [...[...this.#manifests].map(change(manifests)), ...[...this.#holdings].map(change(holdings))]
  }
}

function addTo(
  rows: Map<string, { add: number; lost: boolean; idleSince: number }>,
  digest: string,
  add: number,
  idleSince: number,
): void {
  const row = rows.get(digest) ?? { add: 0, lost: false, idleSince: 0 }
  rows.set(digest, {
    add: row.add + add,
    lost: row.lost || add <= 0,
    idleSince: Math.max(row.idleSince, idleSince),
  })
}
