import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import {
  StoreJournal,
  type StoreJournalOptions,
  type StoreJournalParts,
} from '../../../../src/adapters/journal/store/store-journal.ts'
import { jobs } from '../../../../src/adapters/journal/store/tables.ts'
import { seededRandom } from '../../../../src/adapters/random/seeded/seeded-random.ts'
import { MemoryTelemetry } from '../../../../src/adapters/telemetry/memory/memory-telemetry.ts'
import type { Journal } from '../../../../src/ports/journal/journal.ts'
import {
  type JournalHarness,
  type JournalProcess,
  type JournalWorld,
  orders,
} from '../../../../src/ports/journal/suite/harness.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import type { Store } from '../../../../src/ports/store/store.ts'
import type { Schema, Table } from '../../../../src/ports/store/table.ts'

const tables = [jobs, orders] as unknown as Table[]

export const journalSchema: Schema = {
  tables,
  logs: [],
  migrations: [{ version: 1, name: 'first', steps: tables.map((table) => ({ do: 'createTable', table })) }],
}

export interface JournalStore extends AsyncDisposable {
  readonly store: Store
  reopen(): Promise<Store>
}

export interface StoreJournalHarnessOptions {
  readonly durable: boolean
  open(now: () => number): Promise<JournalStore>
  /** For engines that are meant to be wrong. */
  spoil?(parts: StoreJournalParts, options: StoreJournalOptions): Journal
}

const chance = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

/** Of all worlds: an engine that is used by one after the other sees no batch id twice. */
let boots = 0

export function storeJournalHarness({ durable, open, spoil }: StoreJournalHarnessOptions): JournalHarness {
  return {
    durable,
    async start(options) {
      const clock = new ManualClock()
      const opened = await open(() => clock.now())
      let store = opened.store
      const alive = new Map<string, { kill(): void; resume(): void; journal: Journal }>()
      const process = (): JournalProcess => {
        const bootId = `boot-${++boots}`
        const gate = gated(store)
        const telemetry = new MemoryTelemetry()
        const parts = {
          store: gate.store,
          clock,
          random: seededRandom(boots),
          telemetry,
          bootId,
          isDead: (id: string) => !alive.has(id),
        }
        const journal = spoil?.(parts, options) ?? new StoreJournal(parts, options)
        const kill = (): void => {
          gate.kill()
          alive.delete(bootId)
        }
        alive.set(bootId, { kill, resume: gate.resume, journal })
        return {
          journal,
          get warnings() {
            return telemetry.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
          },
          kill,
          stall: gate.stall,
          resume: gate.resume,
          fail: gate.fail,
        }
      }
      return {
        get store() {
          return store
        },
        change: (changes) => store.commit(newBatchId(clock.now(), chance), changes),
        clock,
        process,
        restart: async () => {
          for (const { kill } of alive.values()) kill()
          store = await opened.reopen()
        },
        [Symbol.asyncDispose]: async () => {
          for (const { kill } of alive.values()) kill()
          await opened[Symbol.asyncDispose]()
        },
      } satisfies JournalWorld
    },
  }
}

/** A store whose calls can be made to wait, to fail, or never to come back. */
function gated(store: Store): {
  readonly store: Store
  kill(): void
  stall(): void
  resume(): void
  fail(calls: number): void
} {
  let open = Promise.withResolvers<void>()
  open.resolve()
  let killed = false
  let failures = 0
  const pass = async (): Promise<void> => {
    await open.promise
    if (killed) await new Promise<never>(() => {})
    if (failures-- > 0) throw new StoreError('transient', 'the store is away for a moment')
    failures = Math.max(0, failures)
  }
  const through = new Proxy(store, {
    get: (_, name) => {
      const member = Reflect.get(store, name) as unknown
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        await pass()
        return await (member as (...all: unknown[]) => Promise<unknown>).apply(store, args)
      }
    },
  })
  return {
    store: through,
    kill: () => {
      killed = true
    },
    stall: () => {
      open = Promise.withResolvers()
    },
    resume: () => open.resolve(),
    fail: (calls) => {
      failures = calls
    },
  }
}
