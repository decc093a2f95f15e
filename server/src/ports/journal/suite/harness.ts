import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { ContractCase } from '../../contract.ts'
import { insert } from '../../store/change.ts'
import type { Change, Outcome, Store } from '../../store/store.ts'
import type { Table } from '../../store/table.ts'
import type { JobContext, JobHandler, JobPayload, Journal, NewJob } from '../journal.ts'

/** What the journals of a world are opened with. Times in ms. */
export interface JournalSuiteOptions {
  readonly concurrency: number
  /** Tries before a job is dead. */
  readonly attempts: number
  readonly leaseTime: number
  /** The first wait after a failure; doubled for each further one. Up to a quarter is added by chance. */
  readonly firstRetry: number
  readonly pollTime: number
}

export const journalSuiteOptions: JournalSuiteOptions = {
  concurrency: 2,
  attempts: 3,
  leaseTime: 24_000,
  firstRetry: 1_000,
  pollTime: 10_000,
}

/** A table of whoever enqueues: the world's store has it beside what the journal needs. */
export type OrderRow = { id: string }
export const orders: Table<OrderRow> = { name: 'orders', columns: { id: 'text' }, key: ['id'] }

/** One process with a journal over the world's data. */
export interface JournalProcess {
  readonly journal: Journal
  readonly warnings: readonly string[]
  /** It is gone from one moment to the next, and the others can know it. */
  kill(): void
  /** It lives, but its calls to the store wait until it is resumed. */
  stall(): void
  resume(): void
  /** Its next calls to the store fail as `transient`. */
  fail(calls: number): void
}

/** Data, a clock that a test moves, and processes. Disposal ends them all. */
export interface JournalWorld extends AsyncDisposable {
  readonly store: Pick<Store, 'get'>
  /** One batch of the store that the jobs are in. */
  change(changes: readonly Change[]): Promise<Outcome>
  readonly clock: { now(): number; advance(ms: number): Promise<void>; readonly sleeping: number }
  process(): JournalProcess
  /** All processes are killed, and what they kept is opened anew. Only called where the engine is durable. */
  restart(): Promise<void>
}

export interface JournalHarness {
  readonly durable: boolean
  /** How long something that is under way may take (real ms); 10 s where it is not said. */
  readonly patience?: number
  /** Journals over the same, empty data. */
  start(options: JournalSuiteOptions): Promise<JournalWorld>
}

/** A case before it knows its harness. */
export interface JournalCase {
  readonly name: string
  /** Left out where data does not outlive the store. */
  readonly durable?: boolean
  check(context: JournalCaseContext): Promise<void>
}

export interface JournalCaseContext {
  readonly world: JournalWorld
  /** Commits the changes and insists on success. */
  done(...changes: readonly Change[]): Promise<void>
  tried(...changes: readonly Change[]): Promise<Outcome>
  /** Enqueues and wakes. */
  ask(process: JournalProcess, ...jobs: readonly NewJob[]): Promise<void>
}

export function bindCase(harness: JournalHarness, { name, check }: JournalCase): ContractCase {
  return {
    name,
    run: async () => {
      patience = harness.patience ?? 10_000
      await using world = await harness.start(journalSuiteOptions)
      const tried = (...changes: readonly Change[]): Promise<Outcome> => world.change(changes)
      const done = async (...changes: readonly Change[]): Promise<void> =>
        assert.deepEqual(await tried(...changes), { ok: true })
      const ask = async (process: JournalProcess, ...jobs: readonly NewJob[]): Promise<void> => {
        await done(...jobs.flatMap((job) => process.journal.enqueue(job)))
        process.journal.wake()
      }
      await check({ world, tried, done, ask })
    },
  }
}

export const job = (more: Partial<NewJob> = {}): NewJob => ({ kind: 'work', payload: {}, ...more })
export const order = (id: string): Change => insert(orders, { id })

export interface Run {
  readonly payload: JobPayload
  readonly context: JobContext
  /** Ends the run. */
  end(): void
  fail(error: unknown): void
}

/** Handlers that record their runs; each run ends when a test says so. */
export interface Held {
  readonly runs: readonly Run[]
  readonly handlers: ReadonlyMap<string, JobHandler>
  /** Resolves when so many runs have begun. */
  begun(runs: number): Promise<void>
}

export function held(...kinds: readonly string[]): Held {
  const runs: Run[] = []
  const handler: JobHandler = async (payload, context) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    runs.push({ payload, context, end: () => resolve(undefined), fail: reject })
    return await promise
  }
  return { runs, handlers: handling(handler, ...kinds), begun: (n) => eventually(() => runs.length >= n) }
}

export function handling(handler: JobHandler, ...kinds: readonly string[]): ReadonlyMap<string, JobHandler> {
  return new Map((kinds.length === 0 ? ['work'] : kinds).map((kind) => [kind, handler]))
}

let patience = 10_000

/** Lets everything else run until it holds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patience
  while (!(await holds())) {
    assert.ok(performance.now() < end, `it did not come true: ${holds}`)
    await turn()
  }
}

/** Moves time by one step, then lets what woke come to rest: until `holds`. */
export async function after(
  world: JournalWorld,
  ms: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  await world.clock.advance(ms)
  await eventually(holds)
}
