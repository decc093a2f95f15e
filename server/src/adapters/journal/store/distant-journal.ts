import type { JobCounts, JobRecord, Journal, NewJob } from '../../../ports/journal/journal.ts'
import type { Change } from '../../../ports/store/store.ts'

/** A journal whose jobs run in another thread of the process, which hears of a new one by `wake`. */
export class DistantJournal implements Journal {
  readonly #journal: Journal
  readonly wake: () => void

  constructor(journal: Journal, wake: () => void) {
    this.#journal = journal
    this.wake = wake
  }

  enqueue(job: NewJob): readonly Change[] {
    return this.#journal.enqueue(job)
  }

  start(): void {
    throw new Error('jobs run in the main thread alone')
  }

  async drain(): Promise<number> {
    throw new Error('jobs run in the main thread alone')
  }

  stop(): Promise<void> {
    return this.#journal.stop()
  }

  counts(): Promise<JobCounts> {
    return this.#journal.counts()
  }

  list(state: JobRecord['state'], limit: number): Promise<JobRecord[]> {
    return this.#journal.list(state, limit)
  }

  standing(once: string): Promise<JobRecord | undefined> {
    return this.#journal.standing(once)
  }

  async revive(id: string): Promise<boolean> {
    const revived = await this.#journal.revive(id)
    this.wake()
    return revived
  }
}
