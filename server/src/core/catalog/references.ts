import type { Patch } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Table } from '../../ports/store/table.ts'
import { type HoldingRow, holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { type ManifestRow, manifests } from './tables.ts'

/** What a batch does to the references of one row. */
interface Count {
  readonly add: number
  /** A reference goes, or the row is only touched: its grace time begins anew. */
  readonly renew: boolean
  /** As read; 0 where it does not matter. */
  readonly idleSince: number
}

const untouched: Count = { add: 0, renew: false, idleSince: 0 }

/**
 * References to rows of one repository, gathered so that a batch names each row once, however many of its parts touch
 * it. The rows exclude one another's batches: whoever removes one does so at a revision that every count moves.
 */
export class References {
  readonly #core: Core
  readonly #repository: string
  readonly #manifests = new Map<string, Count>()
  readonly #holdings = new Map<string, Count>()

  constructor(core: Core, repository: string) {
    this.#core = core
    this.#repository = repository
  }

  /** `add` 0 renews alone. `idleSince`: the row's, as read; wanted where `add` is not positive. */
  manifest(digest: string, add: number, idleSince = 0): void {
    count(this.#manifests, digest, add, idleSince)
  }

  /** As `manifest`, for a blob that the repository holds. */
  holding(digest: string, add: number, idleSince = 0): void {
    count(this.#holdings, digest, add, idleSince)
  }

  /** The batch changes this manifest's row already: it must not name it once more. */
  touches(digest: string): boolean {
    return this.#manifests.has(digest)
  }

  /** Takes out a manifest whose row the batch inserts or removes; answers the references it has gained. */
  take(digest: string): number {
    const gained = this.#manifests.get(digest)?.add ?? 0
    this.#manifests.delete(digest)
    return gained
  }

  /** As `take`, for a holding that the batch inserts. */
  takeHolding(digest: string): number {
    const gained = this.#holdings.get(digest)?.add ?? 0
    this.#holdings.delete(digest)
    return gained
  }

  changes(): Change[] {
    const patchOf =
      (table: Table<ManifestRow> | Table<HoldingRow>) =>
      ([digest, counted]: [string, Count]): Change => ({
        do: 'patch',
        table: table as Table,
        key: [this.#repository, digest],
        ...this.#effect(counted),
      })
    return [...[...this.#manifests].map(patchOf(manifests)), ...[...this.#holdings].map(patchOf(holdings))]
  }

  #effect({ add, renew, idleSince }: Count): Patch<Pick<HoldingRow, 'refs' | 'idleSince'>> {
    const since = Math.max(this.#core.clock.now(), idleSince)
    return {
      ...(add !== 0 && { add: { refs: add } }),
      ...(renew && { set: { idleSince: since }, when: { idleSince: { lte: since } } }),
    }
  }
}

function count(rows: Map<string, Count>, digest: string, add: number, idleSince: number): void {
  const row = rows.get(digest) ?? untouched
  rows.set(digest, {
    add: row.add + add,
    renew: row.renew || add <= 0,
    idleSince: Math.max(row.idleSince, idleSince),
  })
}
