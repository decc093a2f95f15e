import type { MessagePort, Worker } from 'node:worker_threads'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Outcome } from '../../../ports/store/store.ts'
import type { CheckedBatch } from '../shared/checked-batch.ts'
import type { GroupCounts } from './group-writer.ts'
import { QueueRoom } from './queue-room.ts'
import { startThread } from './start-thread.ts'
import { ThreadCalls } from './thread-calls.ts'
import type { WriteAnswer, WriteQuestion, WriterThreadData } from './writer-thread.ts'

/** An asking side of the one thread that writes to a data folder. */
export class Writer {
  readonly #calls: ThreadCalls<WriteQuestion, WriteAnswer>
  readonly #room: QueueRoom
  #counts: GroupCounts = { groups: 0, batches: 0 }

  /** `line`: starts that thread, or opens a port to it. */
  constructor(line: () => Worker | MessagePort, room: QueueRoom) {
    this.#room = room
    this.#calls = new ThreadCalls(
      line,
      // What it had in hand may be on the disk: a repeat with the same id finds out.
      (cause) => new StoreError('unknown', 'the writer thread was lost', { cause }),
    )
  }

  static start(data: WriterThreadData, room: QueueRoom = new QueueRoom()): Writer {
    return new Writer(() => startThread('writer-thread', data), room)
  }

  /** As of the last answer, since the thread was started. */
  get counts(): Readonly<GroupCounts> {
    return this.#counts
  }

  async commit(batch: CheckedBatch, now: number): Promise<Outcome> {
    if (!this.#room.take(batch.bytes)) {
      throw new StoreError('transient', 'too many batches wait to be written')
    }
    try {
      const { answer, counts } = await this.#calls.ask({ batch, now })
      this.#counts = counts
      if ('error' in answer) throw new StoreError(answer.error, answer.message)
      return answer
    } finally {
      this.#room.giveBack(batch.bytes)
    }
  }

  /** Lets another thread commit by the port. */
  admit(port: MessagePort): void {
    this.#calls.admit(port)
  }

  close(): Promise<void> {
    return this.#calls.close()
  }
}
