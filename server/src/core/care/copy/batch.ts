import type { Change } from '../../../ports/store/store.ts'
import type { Row, Value } from '../../../ports/store/table.ts'
import type { CopyBounds } from './copy-bounds.ts'

/** What one value costs beside its bytes: generous, so that a batch is never over the store's limit. */
const overheadPerValue = 16

/** Changes that are gathered, and committed together once they are many. Each row is named once. */
export class Batch {
  readonly #commit: (changes: readonly Change[]) => Promise<void>
  readonly #bounds: Pick<CopyBounds, 'changesPerBatch' | 'bytesPerBatch'>
  #changes: Change[] = []
  #bytes = 0

  constructor(
    commit: (changes: readonly Change[]) => Promise<void>,
    bounds: Pick<CopyBounds, 'changesPerBatch' | 'bytesPerBatch'>,
  ) {
    this.#commit = commit
    this.#bounds = bounds
  }

  /** They go into one batch, all of them. */
  async add(...changes: readonly Change[]): Promise<void> {
    const bytes = changes.reduce((sum, change) => sum + bytesOf(change), 0)
    const { changesPerBatch, bytesPerBatch } = this.#bounds
    if (this.#changes.length + changes.length > changesPerBatch || this.#bytes + bytes > bytesPerBatch) {
      await this.flush()
    }
    this.#changes.push(...changes)
    this.#bytes += bytes
  }

  async flush(): Promise<void> {
    const changes = this.#changes
    this.#changes = []
    this.#bytes = 0
    await this.#commit(changes)
  }
}

function bytesOf(change: Change): number {
  return 'row' in change ? rowBytes(change.row) : overheadPerValue
}

function rowBytes(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + overheadPerValue + valueBytes(value), 0)
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  return value instanceof Uint8Array ? value.length : 0
}
