import { StoreError } from '../../../ports/store/errors.ts'
import type { Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import type { GroupCounts } from './group-writer.ts'
import { startThread } from './start-thread.ts'
import { ThreadCalls } from './thread-calls.ts'
import type { WriteAnswer, WriteQuestion, WriterThreadData } from './writer-thread.ts'

export interface QueueLimits {
  readonly batches: number
  readonly bytes: number
}

/** Beyond them a commit is refused as transient: waiting longer would help nobody. */
export const queueLimits: QueueLimits = { batches: 4_096, bytes: 64 * 1024 * 1024 }

/** The asking side of the one thread that writes to a data folder. */
export class Writer {
  readonly #calls: ThreadCalls<WriteQuestion, WriteAnswer>
  readonly #limits: QueueLimits
  #bytes = 0
  #counts: GroupCounts = { groups: 0, batches: 0 }

  constructor(data: WriterThreadData, limits: QueueLimits = queueLimits) {
    this.#limits = limits
    this.#calls = new ThreadCalls(
      () => startThread('writer-thread', data),
      // What it had in hand may be on the disk: a repeat with the same id finds out.
      (cause) => new StoreError('unknown', 'the writer thread was lost', { cause }),
    )
  }

  /** As of the last answer, since the thread was started. */
  get counts(): Readonly<GroupCounts> {
    return this.#counts
  }

  async commit(batch: CheckedBatch, now: number): Promise<Outcome> {
    if (this.#calls.open >= this.#limits.batches || this.#bytes + batch.bytes > this.#limits.bytes) {
      throw new StoreError('transient', 'too many batches wait to be written')
    }
    this.#bytes += batch.bytes
    try {
      const { answer, counts } = await this.#calls.ask({ batch, now })
      this.#counts = counts
      if ('error' in answer) throw new StoreError(answer.error, answer.message)
      return answer
    } finally {
      this.#bytes -= batch.bytes
    }
  }

  close(): Promise<void> {
    return this.#calls.close()
  }
}
