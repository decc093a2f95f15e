import type { Clock } from '../../../ports/clock/clock.ts'
import type { JobCounts, JobRecord } from '../../../ports/journal/journal.ts'
import type { Random } from '../../../ports/random/random.ts'
import { newBatchId } from '../../../ports/store/batch-id.ts'
import { put, remove } from '../../../ports/store/change.ts'
import type { Change, Cursor, Store, Stored, Survives } from '../../../ports/store/store.ts'
import { type JobRow, jobs } from './tables.ts'

export interface JobRowsParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly bootId: string
  readonly isDead: (bootId: string) => boolean
}

const rowsPerPage = 100
const countedUpTo = 10_000

/** The rows of jobs: which are due, and their changes one by one, each guarded by the row's revision. */
export class JobRows {
  readonly #parts: JobRowsParts

  constructor(parts: JobRowsParts) {
    this.#parts = parts
  }

  /** Of the jobs whose time has come, those that `wanted` takes, up to `limit`: first the running ones that nobody runs any more. */
  async due(wanted: (row: JobRow) => boolean, limit: number): Promise<Stored<JobRow>[]> {
    const now = this.#parts.clock.now()
    const found: Stored<JobRow>[] = []
    for (const state of ['running', 'ready'] as const) {
      for await (const row of this.#inState(state)) {
        if (found.length >= limit) return found
        if (state === 'ready' && row.due > now) break
        const takeable = state === 'ready' || row.due <= now || this.#parts.isDead(row.holder)
        if (takeable && wanted(row)) found.push(row)
      }
    }
    return found
  }

  async *#inState(state: JobRow['state']): AsyncGenerator<Stored<JobRow>> {
    let after: Cursor | undefined
    do {
      const query = { index: 'due', eq: [state], limit: rowsPerPage }
      const page = await this.#parts.store.find(jobs, { ...query, ...(after && { after }) })
      yield* page.rows
      after = page.next
    } while (after !== undefined)
  }

  /** When the next ready job is due that is not due yet; undefined: none waits. */
  async nextDue(): Promise<number | undefined> {
    const query = { index: 'due', eq: ['ready'], beyond: [this.#parts.clock.now()], limit: 1 }
    return (await this.#parts.store.find(jobs, query)).rows[0]?.due
  }

  async get(id: string): Promise<Stored<JobRow> | undefined> {
    return await this.#parts.store.get(jobs, [id])
  }

  async named(once: string): Promise<Stored<JobRow> | undefined> {
    return await this.#parts.store.get(jobs, { unique: 'once', values: [once] })
  }

  /** The row, while that try of it, in this process, is the one that counts. */
  async mine(id: string, attempts: number): Promise<Stored<JobRow> | undefined> {
    const row = await this.get(id)
    return row?.state === 'running' && row.holder === this.#parts.bootId && row.attempts === attempts
      ? row
      : undefined
  }

  async counts(): Promise<JobCounts> {
    const count = (state: JobRow['state']): Promise<number> =>
      this.#parts.store.count(jobs, { index: 'due', eq: [state], upTo: countedUpTo })
    const [ready, running, dead] = await Promise.all([count('ready'), count('running'), count('dead')])
    return { ready, running, dead }
  }

  async list(state: JobRecord['state'], limit: number): Promise<JobRecord[]> {
    const { rows } = await this.#parts.store.find(jobs, { index: 'due', eq: [state], limit })
    return rows.map(recordOf)
  }

  /**
   * False: somebody else has changed the row. By default it need not outlive a power cut: who took a job, and that it
   * has ended, is forgotten with the process that ran it, and the job runs once more, as it may at any time.
   */
  async write(row: Stored<JobRow>, set: Partial<JobRow>, survives: Survives = 'process'): Promise<boolean> {
    const { rev, ...columns } = row
    return await this.#commit(put(jobs, { ...columns, ...set }, rev), survives)
  }

  async end(row: Stored<JobRow>): Promise<boolean> {
    return await this.#commit(remove(jobs, [row.id], { rev: row.rev }), 'process')
  }

  async #commit(change: Change, survives: Survives): Promise<boolean> {
    const { store, clock, random } = this.#parts
    const id = newBatchId(clock.now(), (length) => random.bytes(length))
    return (await store.commit(id, [change], survives)).ok
  }
}

export function recordOf({ id, kind, payload, state, attempts, due, lastError }: JobRow): JobRecord {
  return {
    id,
    kind,
    payload: JSON.parse(payload) as JobRecord['payload'],
    state,
    attempts,
    runAt: due,
    lastError,
  }
}
