import { batchIdTime } from '../../../ports/store/batch-id.ts'
import type { BatchId } from '../../../ports/store/store.ts'

/** Twice the time for which an id is accepted. */
const keptMs = 24 * 3_600_000
const stepsPerBatch = 2

/** Ids of applied batches, each kept for 24 h at least. */
export class RememberedIds {
  readonly #ids = new Set<BatchId>()

  has(id: BatchId): boolean {
    return this.#ids.has(id)
  }

  /** Also forgets a few that are past their time: two for each one that comes, so that the set does not grow for ever. */
  add(id: BatchId, now: number): void {
    this.#ids.add(id)
    let steps = 0
    for (const old of this.#ids) {
      if (steps++ === stepsPerBatch || now - batchIdTime(old) <= keptMs) return
      this.#ids.delete(old)
    }
  }
}
