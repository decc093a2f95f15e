import type { Change } from '../store/store.ts'

/** Plain data, kept as JSON, at most 64 KiB. */
export type JobPayload = { readonly [name: string]: string | number | boolean | null | readonly string[] }

export interface NewJob {
  readonly kind: string
  readonly payload: JobPayload
  /** Not before this time (ms); at once when absent. */
  readonly runAt?: number
  /** A job that must stand once: enqueuing it while one of that name is not finished fails the batch as `exists`. */
  readonly once?: string
}

export interface JobContext {
  /** Aborts when the process stops or the lease is lost: end soon, the job runs again. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** Runs a job. May run more than once, also twice for one success: idempotent by contract. Throwing means: try again later. */
export type JobHandler = (payload: JobPayload, context: JobContext) => Promise<JobAgain | undefined>

/** The job does not end: it is ready again at that time (ms), as on its first try. */
export interface JobAgain {
  readonly againAt: number
}

export interface JobRecord {
  readonly id: string
  readonly kind: string
  readonly payload: JobPayload
  readonly state: 'ready' | 'running' | 'dead'
  readonly attempts: number
  readonly runAt: number
  readonly lastError: string
}

export interface JobCounts {
  readonly ready: number
  readonly running: number
  readonly dead: number
}

/** Durable background work. A job is a row that rides in the batch of the change that asks for it. */
export interface Journal {
  /** Changes to put into the caller's batch; after the commit, call `wake`. */
  enqueue(job: NewJob): readonly Change[]
  /** Something may be due. */
  wake(): void
  /** Takes up work until `stop`. A kind without a handler stays ready, and is warned about once. */
  start(handlers: ReadonlyMap<string, JobHandler>): void
  /** Runs what is due now and what that makes due, then answers how many runs there were. For tests and shutdown. */
  drain(handlers: ReadonlyMap<string, JobHandler>): Promise<number>
  /** Aborts running jobs and waits for them. Idempotent. */
  stop(): Promise<void>
  /** Counted up to 10,000 each. */
  counts(): Promise<JobCounts>
  list(state: JobRecord['state'], limit: number): Promise<JobRecord[]>
  /** The job of that `once` that is not finished: ready, running or dead. Found by its key, at the cost of one row. */
  standing(once: string): Promise<JobRecord | undefined>
  /** Makes a dead job ready again, with its attempts forgotten. False: there is no such dead job. */
  revive(id: string): Promise<boolean>
}
