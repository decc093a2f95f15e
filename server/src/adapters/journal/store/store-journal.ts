import { PassingMap } from '../../../domain/passing-map.ts'
import type {
  JobAgain,
  JobCounts,
  JobHandler,
  JobRecord,
  Journal,
  NewJob,
} from '../../../ports/journal/journal.ts'
import { insert } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'
import { JobRows, type JobRowsParts, recordOf } from './job-rows.ts'
import { keepLease } from './keep-lease.ts'
import { Pause } from './pause.ts'
import { type JobRow, jobs } from './tables.ts'

export interface StoreJournalParts extends JobRowsParts {
  readonly telemetry: Telemetry
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
  /** Kinds of jobs that end soon: they are run beside those that count for `concurrency`. */
  readonly swift?: ReadonlySet<string>
}

export const defaultStoreJournalOptions: StoreJournalOptions = {
  concurrency: 2,
  attempts: 10,
  leaseTime: 60_000,
  firstRetry: 1_000,
  pollTime: 10_000,
}

type Handlers = ReadonlyMap<string, JobHandler>

const longestRetry = 3_600_000
/** Between tries of a store that takes no changes. */
const longestPause = 60_000
const maxPayload = 64 * 1024
/** Kept of an error's text. */
const maxErrorText = 2_000
/** Rows that one turn of `drain` looks up. */
const drainedAtOnce = 100

/** Jobs as rows of the store that the changes they follow are in. */
export class StoreJournal implements Journal {
  readonly #parts: StoreJournalParts
  readonly #options: StoreJournalOptions
  readonly #swift: ReadonlySet<string>
  readonly #rows: JobRows
  readonly #running = new PassingMap<string, Promise<boolean>>()
  /** Of those, the ones that count for `concurrency`. */
  readonly #slow = new Set<string>()
  readonly #warned = new Set<string>()
  readonly #stop = new AbortController()
  /** While the store takes no changes, or cannot be read. */
  readonly #pause: Pause
  /** Aborts when there may be something to do before the loop would look. */
  #news = new AbortController()
  #loop: Promise<void> | undefined

  constructor(parts: StoreJournalParts, options: StoreJournalOptions = defaultStoreJournalOptions) {
    this.#parts = parts
    this.#options = options
    this.#swift = options.swift ?? new Set()
    this.#rows = new JobRows(parts)
    this.#pause = new Pause(parts.clock, { first: options.firstRetry, longest: longestPause })
  }

  enqueue(job: NewJob): readonly Change[] {
    const payload = JSON.stringify(job.payload)
    if (Buffer.byteLength(payload) > maxPayload) {
      throw new RangeError(`a job's payload is limited to ${maxPayload} bytes`)
    }
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
    this.#news.abort()
  }

  start(handlers: Handlers): void {
    this.#loop ??= this.#run(handlers)
  }

  async drain(handlers: Handlers): Promise<number> {
    let runs = 0
    while (!this.#stop.signal.aborted) {
      const due = await this.#due(handlers, drainedAtOnce)
      if (due.length === 0) return runs
      for (const row of due) {
        if (this.#stop.signal.aborted || this.#running.has(row.id)) continue
        if (await this.#launch(row, handlers)) runs++
      }
    }
    return runs
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.wake()
    await this.#loop
    await Promise.allSettled(this.#running.values())
  }

  async counts(): Promise<JobCounts> {
    return await this.#rows.counts()
  }

  async list(state: JobRecord['state'], limit: number): Promise<JobRecord[]> {
    return await this.#rows.list(state, limit)
  }

  async standing(once: string): Promise<JobRecord | undefined> {
    const row = await this.#rows.named(once)
    return row && recordOf(row)
  }

  async revive(id: string): Promise<boolean> {
    const row = await this.#rows.get(id)
    if (row?.state !== 'dead') return false
    const due = this.#parts.clock.now()
    // Somebody has asked for it, and is told that it is done.
    const revived = await this.#rows.write(row, { state: 'ready', due, attempts: 0, holder: '' }, 'power')
    this.wake()
    return revived
  }

  async #run(handlers: Handlers): Promise<void> {
    const { clock, telemetry } = this.#parts
    while (!this.#stop.signal.aborted) {
      this.#news = new AbortController()
      const wait = await this.#startDue(handlers).catch((error: unknown) => {
        if (this.#pause.begin()) telemetry.error('the journal could not look for jobs', error)
        return 0
      })
      await clock.idle(wait, this.#news.signal)
      // No news can make that any better.
      await clock.idle(this.#pause.left(), this.#stop.signal)
    }
  }

  /** Starts what is due as far as there is room; answers how long to wait at most before the next look. */
  async #startDue(handlers: Handlers): Promise<number> {
    const { pollTime } = this.#options
    const due = await this.#startable(handlers)
    if (this.#stop.signal.aborted) return pollTime
    for (const row of due) {
      this.#launch(row, handlers)
        .then(() => this.#pause.end())
        .catch((error: unknown) => {
          if (this.#pause.begin())
            this.#parts.telemetry.error('a job could not be settled', error, { kind: row.kind })
        })
        .finally(() => this.wake())
    }
    if (this.#isFull && this.#swift.size === 0) return pollTime
    const next = await this.#rows.nextDue()
    return next === undefined ? pollTime : Math.min(pollTime, Math.max(1, next - this.#parts.clock.now()))
  }

  get #isFull(): boolean {
    return this.#slow.size >= this.#options.concurrency
  }

  async #startable(handlers: Handlers): Promise<Stored<JobRow>[]> {
    const room = this.#options.concurrency - this.#slow.size
    const swift = this.#swift
    if (swift.size === 0) return await this.#due(handlers, room)
    let taken = 0
    const hasRoom = ({ kind }: JobRow): boolean => swift.has(kind) || taken++ < room
    return await this.#due(handlers, Math.max(0, room) + swift.size, hasRoom)
  }

  async #due(
    handlers: Handlers,
    limit: number,
    wanted: (row: JobRow) => boolean = () => true,
  ): Promise<Stored<JobRow>[]> {
    if (limit <= 0) return []
    const isFree = (row: JobRow): boolean => this.#handled(row, handlers) && !this.#running.has(row.id)
    return await this.#rows.due((row) => isFree(row) && wanted(row), limit)
  }

  #handled(row: JobRow, handlers: Handlers): boolean {
    if (handlers.has(row.kind)) return true
    if (!this.#warned.has(row.kind))
      this.#parts.telemetry.warn('nothing here runs jobs of this kind', { kind: row.kind })
    this.#warned.add(row.kind)
    return false
  }

  /** Answers whether it was run here: another process may have been quicker. */
  async #launch(row: Stored<JobRow>, handlers: Handlers): Promise<boolean> {
    if (!this.#swift.has(row.kind)) this.#slow.add(row.id)
    const run = this.#take(row, handlers).finally(() => {
      this.#running.delete(row.id)
      this.#slow.delete(row.id)
    })
    this.#running.set(row.id, run)
    return await run
  }

  async #take(row: Stored<JobRow>, handlers: Handlers): Promise<boolean> {
    const handler = handlers.get(row.kind)
    if (handler === undefined) return false
    if (row.attempts >= this.#options.attempts) {
      await this.#bury(row)
      return false
    }
    const attempts = row.attempts + 1
    const due = this.#parts.clock.now() + this.#options.leaseTime
    const claim = { state: 'running', due, attempts, holder: this.#parts.bootId } as const
    if (!(await this.#rows.write(row, claim))) return false
    const end = await this.#runLeased(handler, row, attempts)
    await this.#settle(row.id, attempts, end)
    return true
  }

  /** A job that takes its process down with it, or outlives its lease, each time would never fail by itself. */
  async #bury(row: Stored<JobRow>): Promise<void> {
    const lastError = row.lastError === '' ? 'no try of it came to an end' : row.lastError
    this.#parts.telemetry.warn('a job has used up its tries', { kind: row.kind, job: row.id, lastError })
    await this.#rows.write(row, { state: 'dead', due: this.#parts.clock.now(), holder: '', lastError })
  }

  async #runLeased(handler: JobHandler, row: JobRow, attempts: number): Promise<End> {
    const cut = new AbortController()
    // Not by `AbortSignal.any`: what it makes of a signal that stays is let go of by a full collection alone.
    const onStop = (): void => cut.abort(this.#stop.signal.reason)
    this.#stop.signal.addEventListener('abort', onStop)
    if (this.#stop.signal.aborted) onStop()
    const ended = new AbortController()
    const renew = async (): Promise<boolean> => {
      const current = await this.#rows.mine(row.id, attempts)
      const due = this.#parts.clock.now() + this.#options.leaseTime
      return current !== undefined && (await this.#rows.write(current, { due }))
    }
    const lease = keepLease(
      this.#parts,
      { job: row.id, time: this.#options.leaseTime, renew },
      ended.signal,
    ).then((isLost) => isLost && cut.abort())
    const end = await runHandler(handler, row, cut.signal, attempts)
    this.#stop.signal.removeEventListener('abort', onStop)
    ended.abort()
    await lease
    return end
  }

  async #settle(id: string, attempts: number, end: End): Promise<void> {
    const row = await this.#rows.mine(id, attempts)
    if (row === undefined) return
    if ('failure' in end) await this.#fail(row, end.failure)
    else if (end.again === undefined) await this.#rows.end(row)
    else {
      const due = end.again.againAt
      await this.#rows.write(row, { state: 'ready', due, attempts: 0, holder: '', lastError: '' })
    }
  }

  async #fail(row: Stored<JobRow>, failure: unknown): Promise<void> {
    const { clock, telemetry, random } = this.#parts
    const { attempts, kind } = row
    if (this.#stop.signal.aborted) {
      // An interrupted try is none.
      const due = clock.now()
      await this.#rows.write(row, { state: 'ready', due, attempts: attempts - 1, holder: '' })
      return
    }
    const dead = attempts >= this.#options.attempts
    const wait = Math.min(this.#options.firstRetry * 2 ** (attempts - 1), longestRetry)
    const message = dead ? 'a job failed for the last time' : 'a job failed and will be tried again'
    telemetry.error(message, failure, { kind, job: row.id, attempt: attempts })
    await this.#rows.write(row, {
      state: dead ? 'dead' : 'ready',
      due: clock.now() + (dead ? 0 : wait + random.int(Math.ceil(wait / 4) + 1)),
      holder: '',
      lastError: errorText(failure),
    })
  }
}

function errorText(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure)
  return text.slice(0, maxErrorText).replaceAll('\0', '').toWellFormed()
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
