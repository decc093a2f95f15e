import {
  StoreJournal,
  type StoreJournalOptions,
  type StoreJournalParts,
} from '../../../src/adapters/journal/store/store-journal.ts'
import type { JobRow } from '../../../src/adapters/journal/store/tables.ts'
import type { JobHandler, Journal } from '../../../src/ports/journal/journal.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import type { Change } from '../../../src/ports/store/store.ts'

/** A way in which a journal could be wrong, and the case of the suite that must find it. */
export interface Mutant {
  readonly name: string
  readonly caughtBy: string
  make(parts: StoreJournalParts, options: StoreJournalOptions): Journal
}

type Over = Partial<StoreJournalParts>

const over = (parts: StoreJournalParts, options: StoreJournalOptions, wrong: Over): Journal =>
  new StoreJournal({ ...parts, ...wrong }, options)

/** A right journal, with some methods in the place of its own. */
function instead(
  parts: StoreJournalParts,
  options: StoreJournalOptions,
  wrong: (right: Journal) => Partial<Journal>,
): Journal {
  const right = new StoreJournal(parts, options)
  const spoilt = wrong(right)
  return new Proxy(right, {
    get: (_, name) => {
      if (Object.hasOwn(spoilt, name)) return Reflect.get(spoilt, name)
      const member = Reflect.get(right, name) as unknown
      return typeof member === 'function' ? member.bind(right) : member
    },
  })
}

/** Rows that the journal writes over, with columns of the mutant's. */
function writing(
  parts: StoreJournalParts,
  options: StoreJournalOptions,
  wrong: (row: JobRow) => Partial<JobRow>,
): Journal {
  const change = (one: Change): Change =>
    one.do === 'put' ? { ...one, row: { ...one.row, ...wrong(one.row as JobRow) } } : one
  const { store } = parts
  const spoilt = new Proxy(store, {
    get: (_, name) =>
      name === 'commit'
        ? (...[id, changes]: Parameters<typeof store.commit>) => store.commit(id, changes.map(change))
        : Reflect.get(store, name),
  })
  return over(parts, options, { store: spoilt })
}

const wrapping = (handlers: ReadonlyMap<string, JobHandler>, wrap: (handler: JobHandler) => JobHandler) =>
  new Map([...handlers].map(([kind, handler]) => [kind, wrap(handler)]))

export const mutants: readonly Mutant[] = [
  {
    name: 'a job is committed by itself and not with its change',
    caughtBy: 'a job rides in the batch of its change: what fails leaves no job, what succeeds leaves both',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        enqueue: (job) => {
          const id = newBatchId(parts.clock.now(), (length) => parts.random.bytes(length))
          void parts.store.commit(id, right.enqueue(job))
          return []
        },
      })),
  },
  {
    name: 'a finished job leaves its row',
    caughtBy: 'a job gets its payload as it was, and leaves nothing behind',
    make: (parts, options) => {
      const { store } = parts
      const keep = new Proxy(store, {
        get: (_, name) =>
          name === 'commit'
            ? (...[id, changes]: Parameters<typeof store.commit>) =>
                changes[0]?.do === 'remove' ? { ok: true } : store.commit(id, changes)
            : Reflect.get(store, name),
      })
      return instead({ ...parts, store: keep }, options, (right) => ({
        drain: async (handlers) => await right.drain(handlers),
      }))
    },
  },
  {
    name: 'news are not heard',
    caughtBy: 'a journal at rest runs a job when it is woken, without time passing',
    make: (parts, options) => instead(parts, options, () => ({ wake: () => {} })),
  },
  {
    name: 'it never looks by itself',
    caughtBy: 'what nobody told it of is found when it looks by itself',
    make: (parts, options) => new StoreJournal(parts, { ...options, pollTime: options.pollTime * 1000 }),
  },
  {
    name: 'times are not kept',
    caughtBy: 'a job does not run before its time, and runs when it has come',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        enqueue: ({ runAt: _, ...job }) => right.enqueue(job),
      })),
  },
  {
    name: 'all that is due runs at once',
    caughtBy: 'no more run at once than are allowed, and all run',
    make: (parts, options) => new StoreJournal(parts, { ...options, concurrency: 100 }),
  },
  {
    name: 'names of jobs are forgotten',
    caughtBy: 'a job of a name stands once until it is finished',
    make: (parts, options) =>
      instead(parts, options, (right) => ({ enqueue: ({ once: _, ...job }) => right.enqueue(job) })),
  },
  {
    name: 'payloads of any size are kept',
    caughtBy: 'a payload is kept up to 64 KiB, and refused beyond, counted in bytes',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        enqueue: (job) => {
          try {
            return right.enqueue(job)
          } catch {
            return right.enqueue({ ...job, payload: {} })
          }
        },
      })),
  },
  {
    name: 'a failed job is tried again at once',
    caughtBy: 'a failed job waits longer each time, then is dead, and says why',
    make: (parts, options) => new StoreJournal(parts, { ...options, firstRetry: 0 }),
  },
  {
    name: 'it always waits the same',
    caughtBy: 'a failed job waits longer each time, then is dead, and says why',
    make: (parts, options) =>
      writing(parts, options, ({ state, lastError }) =>
        state === 'ready' && lastError !== '' ? { due: parts.clock.now() + options.firstRetry } : {},
      ),
  },
  {
    name: 'one try too many',
    caughtBy: 'a failed job waits longer each time, then is dead, and says why',
    make: (parts, options) => new StoreJournal(parts, { ...options, attempts: options.attempts + 1 }),
  },
  {
    name: 'a revived job remembers its tries',
    caughtBy: 'a dead job is revived with its tries forgotten; nothing else is',
    make: (parts, options) =>
      writing(parts, options, ({ state, attempts }) =>
        state === 'ready' && attempts === 0 ? { attempts: options.attempts - 1 } : {},
      ),
  },
  {
    name: 'a job that runs again keeps its tries',
    caughtBy: 'a job that wants to run again is ready at its time, as on its first try, under its name',
    make: (parts, options) =>
      writing(parts, options, ({ state, attempts }) =>
        state === 'ready' && attempts === 0 ? { attempts: 1 } : {},
      ),
  },
  {
    name: 'the dead are waited for',
    caughtBy: 'a job of a dead process is taken again at once, and counts one more try',
    make: (parts, options) => over(parts, options, { isDead: () => false }),
  },
  {
    name: 'the living are taken for dead',
    caughtBy: 'a job of a living process is taken only when its lease has ended',
    make: (parts, options) => over(parts, options, { isDead: () => true }),
  },
  {
    name: 'leases never end',
    caughtBy: 'a job of a living process is taken only when its lease has ended',
    make: (parts, options) => new StoreJournal(parts, { ...options, leaseTime: 1e12 }),
  },
  {
    name: 'leases are not renewed',
    caughtBy: 'a lease is renewed as long as its job runs',
    make: (parts, options) => {
      const { clock } = parts
      const lazy = {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
        idle: (ms: number, signal?: AbortSignal) =>
          clock.idle(ms === options.leaseTime / 3 ? ms * 1000 : ms, signal),
      }
      return over(parts, options, { clock: lazy })
    },
  },
  {
    name: 'whoever lost the lease is not told',
    caughtBy: 'whoever lost the lease is told, and its late end changes nothing',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        start: (handlers) =>
          right.start(
            wrapping(handlers, (handler) => (payload, context) => {
              const { signal } = new AbortController()
              return handler(payload, { ...context, signal })
            }),
          ),
      })),
  },
  {
    name: 'a job whose process dies each time is tried for ever',
    caughtBy: 'a job that takes each of its processes down with it is dead in the end',
    make: (parts, options) =>
      writing(parts, options, ({ state }) => (state === 'running' ? { attempts: 1 } : {})),
  },
  {
    name: 'stop does not wait',
    caughtBy: 'stop aborts what runs and waits for it; the interrupted try does not count',
    make: (parts, options) => instead(parts, options, (right) => ({ stop: async () => void right.stop() })),
  },
  {
    name: 'stop does not abort',
    caughtBy: 'a job that ends well although it was told to stop is finished',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        start: (handlers) =>
          right.start(
            wrapping(handlers, (handler) => (payload, context) => {
              const { signal } = new AbortController()
              return handler(payload, { ...context, signal })
            }),
          ),
      })),
  },
  {
    name: 'an interrupted try counts',
    caughtBy: 'stop aborts what runs and waits for it; the interrupted try does not count',
    make: (parts, options) =>
      writing(parts, options, ({ state, attempts, due }) =>
        state === 'ready' && due <= parts.clock.now() ? { attempts: attempts + 1 } : {},
      ),
  },
  {
    name: 'it goes on after stop',
    caughtBy: 'after stop nothing begins, and stop may be asked for again',
    make: (parts, options) =>
      instead(parts, options, (right) => ({
        drain: (handlers) => new StoreJournal(parts, options).drain(handlers),
        stop: () => right.stop(),
      })),
  },
]
