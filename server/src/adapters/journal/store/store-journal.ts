import type { Clock } from '../../../ports/clock/clock.ts'
import type {
  JobAgain,
  JobCounts,
  JobHandler,
  JobRecord,
  Journal,
  NewJob,
} from '../../../ports/journal/journal.ts'
import type { Random } from '../../../ports/random/random.ts'
import { newBatchId } from '../../../ports/store/batch-id.ts'
import { insert, put, remove } from '../../../ports/store/change.ts'
import type { Change, Outcome, Store, Stored } from '../../../ports/store/store.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'
import { type JobRow, jobs } from './tables.ts'

export interface StoreJournalParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
  readonly bootId: string
  readonly isDead: (bootId: string) => boolean
}

export interface StoreJournalOptions {
  /** Jobs that run at once. */
  readonly concurrency: number
  /** Tries before a job is dead. */
  readonly attempts: number
  /** A running job's lease (ms); renewed at a third of it. */
  readonly leaseTime: number
  /** The first wait after a failure (ms); doubled for each further one, up to an hour. */
  readonly firstRetry: number
  /** Without news, how long until it looks for due jobs again (ms). */
  readonly pollTime: number
}

export const defaultStoreJournalOptions: StoreJournalOptions = {
  concurrency: 2,
  attempts: 10,
  leaseTime: 60_000,
  firstRetry: 1_000,
  pollTime: 10_000,
}

const longestRetry = 3_600_000
const maxPayload = 64 * 1024
/** Kept of an error's text. */
const maxErrorText = 2_000
const countedUpTo = 10_000

/** Jobs as rows of the store that the changes they follow are in. */
export class StoreJournal implements Journal {
  readonly #parts: StoreJournalParts
  readonly #options: StoreJournalOptions
  readonly #running = new Map<string, Promise<void>>()
  readonly #warned = new Set<string>()
  readonly #stop = new AbortController()
  #news: PromiseWithResolvers<void> = Promise.withResolvers()
  #loop: Promise<void> | undefined

  constructor(parts: StoreJournalParts, options: StoreJournalOptions = defaultStoreJournalOptions) {
    this.#parts = parts
    this.#options = options
  }

  enqueue(job: NewJob): readonly Change[] {
    const payload = JSON.stringify(job.payload)
    if (payload.length > maxPayload)
      throw new RangeError(`a job's payload is limited to ${maxPayload} characters`)
    const id = this.#parts.random.uuid()
    return [
      insert(jobs, {
        id,
        kind: job.kind,
        payload,
        state: 'ready',
        due: job.runAt ?? this.#parts.clock.now(),
        attempts: 0,
        holder: '',
        lastError: '',
        once: job.once ?? id,
      }),
    ]
  }

  wake(): void {
    this.#news.resolve()
  }

  start(handlers: ReadonlyMap<string, JobHandler>): void {
    this.#loop ??= this.#run(handlers)
  }

  async drain(handlers: ReadonlyMap<string, JobHandler>): Promise<number> {
    let runs = 0
    for (;;) {
      const due = (await this.#due()).filter((row) => handlers.has(row.kind))
      if (due.length === 0) return runs
      for (const row of due) {
        await this.#take(row, handlers)
        runs++
      }
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.wake()
    await this.#loop
    await Promise.all(this.#running.values())
  }

  async counts(): Promise<JobCounts> {
    const count = (state: JobRow['state']): Promise<number> =>
      this.#parts.store.count(jobs, { index: 'due', eq: [state], upTo: countedUpTo })
    const [ready, running, dead] = await Promise.all([count('ready'), count('running'), count('dead')])
    return { ready, running, dead }
  }

  async list(state: JobRecord['state'], limit: number): Promise<JobRecord[]> {
    const { rows } = await this.#parts.store.find(jobs, { index: 'due', eq: [state], limit })
    return rows.map(({ id, kind, payload, attempts, due, lastError }) => ({
      id,
      kind,
      payload: JSON.parse(payload) as JobRecord['payload'],
      state,
      attempts,
      runAt: due,
      lastError,
    }))
  }

  async revive(id: string): Promise<boolean> {
    const row = await this.#parts.store.get(jobs, [id])
    if (row?.state !== 'dead') return false
    const outcome = await this.#write(row, {
      state: 'ready',
      due: this.#parts.clock.now(),
      attempts: 0,
      holder: '',
    })
    this.wake()
    return outcome.ok
  }

  async #run(handlers: ReadonlyMap<string, JobHandler>): Promise<void> {
    const { clock, telemetry } = this.#parts
    while (!this.#stop.signal.aborted) {
      this.#news = Promise.withResolvers()
      const wait = await this.#startDue(handlers).catch((error: unknown) => {
        telemetry.error('the journal could not look for jobs', error)
        return this.#options.firstRetry
      })
      if (wait > 0) await Promise.race([this.#news.promise, clock.sleep(wait, this.#stop.signal)])
    }
  }

  /** Starts what is due as far as there is room; answers how long to wait at most before the next look. */
  async #startDue(handlers: ReadonlyMap<string, JobHandler>): Promise<number> {
    const due = (await this.#due()).filter(
      (row) => this.#handled(row, handlers) && !this.#running.has(row.id),
    )
    for (const row of due.slice(0, this.#options.concurrency - this.#running.size)) {
      const run = this.#take(row, handlers)
        .catch((error: unknown) =>
          this.#parts.telemetry.error('a job could not be settled', error, { kind: row.kind }),
        )
        .finally(() => {
          this.#running.delete(row.id)
          this.wake()
        })
      this.#running.set(row.id, run)
    }
    return Math.min(this.#options.pollTime, await this.#untilNext())
  }

  /** Ready jobs whose time has come, and running ones whose process is dead or whose lease has ended. */
  async #due(): Promise<Stored<JobRow>[]> {
    const { store, clock, isDead } = this.#parts
    const [ready, running] = await Promise.all([
      store.find(jobs, { index: 'due', eq: ['ready'], limit: 100 }),
      store.find(jobs, { index: 'due', eq: ['running'], limit: 1000 }),
    ])
    const now = clock.now()
    return [
      ...running.rows.filter((row) => row.due <= now || isDead(row.holder)),
      ...ready.rows.filter((row) => row.due <= now),
    ]
  }

  async #untilNext(): Promise<number> {
    if (this.#running.size >= this.#options.concurrency) return this.#options.pollTime
    const { rows } = await this.#parts.store.find(jobs, { index: 'due', eq: ['ready'], limit: 100 })
    const next = rows.find((row) => row.due > this.#parts.clock.now())
    return next === undefined ? this.#options.pollTime : Math.max(1, next.due - this.#parts.clock.now())
  }

  #handled(row: JobRow, handlers: ReadonlyMap<string, JobHandler>): boolean {
    if (handlers.has(row.kind)) return true
    if (!this.#warned.has(row.kind))
      this.#parts.telemetry.warn('nothing here runs jobs of this kind', { kind: row.kind })
    this.#warned.add(row.kind)
    return false
  }

  async #take(row: Stored<JobRow>, handlers: ReadonlyMap<string, JobHandler>): Promise<void> {
    const handler = handlers.get(row.kind)
    const { clock, bootId } = this.#parts
    const attempts = row.attempts + 1
    const claimed = await this.#write(row, {
      state: 'running',
      due: clock.now() + this.#options.leaseTime,
      attempts,
      holder: bootId,
    })
    if (!claimed.ok || handler === undefined) return
    const lost = new AbortController()
    const ended = new AbortController()
    const lease = this.#keepLease(row.id, attempts, ended.signal, lost)
    const failure = await runHandler(
      handler,
      row,
      AbortSignal.any([this.#stop.signal, lost.signal]),
      attempts,
    )
    ended.abort()
    await lease
    await this.#settle(row.id, attempts, failure)
  }

  async #keepLease(id: string, attempts: number, ended: AbortSignal, lost: AbortController): Promise<void> {
    const { clock, telemetry } = this.#parts
    while (!ended.aborted) {
      await clock.sleep(this.#options.leaseTime / 3, ended)
      if (ended.aborted) return
      const row = await this.#mine(id, attempts)
      const kept = row && (await this.#write(row, { due: clock.now() + this.#options.leaseTime }))
      if (kept?.ok) continue
      telemetry.warn('a job has lost its lease', { job: id })
      lost.abort()
      return
    }
  }

  /** The row, while this run of it is the one that counts. */
  async #mine(id: string, attempts: number): Promise<Stored<JobRow> | undefined> {
    const row = await this.#parts.store.get(jobs, [id])
    return row?.state === 'running' && row.holder === this.#parts.bootId && row.attempts === attempts
      ? row
      : undefined
  }

  async #settle(id: string, attempts: number, end: End): Promise<void> {
    const row = await this.#mine(id, attempts)
    if (row === undefined) return
    if ('failure' in end) await this.#fail(row, end.failure)
    else if (end.again === undefined) await this.#commit([remove(jobs, [id], { rev: row.rev })])
    else {
      const again = {
        state: 'ready',
        due: end.again.againAt,
        attempts: 0,
        holder: '',
        lastError: '',
      } as const
      await this.#write(row, again)
    }
  }

  async #fail(row: Stored<JobRow>, failure: unknown): Promise<void> {
    const { clock, telemetry, random } = this.#parts
    const { attempts } = row
    const interrupted = this.#stop.signal.aborted
    const dead = !interrupted && attempts >= this.#options.attempts
    const wait = Math.min(this.#options.firstRetry * 2 ** (attempts - 1), longestRetry)
    const lastError = (failure instanceof Error ? failure.message : String(failure)).slice(0, maxErrorText)
    telemetry.error(
      dead ? 'a job failed for the last time' : 'a job failed and will be tried again',
      failure,
      {
        kind: row.kind,
        job: row.id,
        attempt: attempts,
      },
    )
    await this.#write(row, {
      state: dead ? 'dead' : 'ready',
      due: dead || interrupted ? clock.now() : clock.now() + wait + random.int(Math.ceil(wait / 4) + 1),
      attempts: interrupted ? attempts - 1 : attempts,
      holder: '',
      lastError: lastError.replaceAll('\0', '').toWellFormed(),
    })
  }

  async #write(row: Stored<JobRow>, set: Partial<JobRow>): Promise<Outcome> {
    const { rev, ...columns } = row
    return await this.#commit([put(jobs, { ...columns, ...set }, rev)])
  }

  async #commit(changes: readonly Change[]): Promise<Outcome> {
    const { store, clock, random } = this.#parts
    return await store.commit(
      newBatchId(clock.now(), (length) => random.bytes(length)),
      changes,
    )
  }
}

type End = { readonly again: JobAgain | undefined } | { readonly failure: unknown }

async function runHandler(
  handler: JobHandler,
  row: JobRow,
  signal: AbortSignal,
  attempt: number,
): Promise<End> {
  try {
    return { again: await handler(JSON.parse(row.payload), { signal, attempt }) }
  } catch (error) {
    return { failure: error ?? new Error('the job failed without a reason') }
  }
}
