import { jobs } from '../../../../src/adapters/journal/store/tables.ts'
import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { type JournalHarness, orders } from '../../../../src/ports/journal/suite/harness.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { remove } from '../../../../src/ports/store/change.ts'
import type { Store } from '../../../../src/ports/store/store.ts'
import type { Table } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from '../../store/sqlite/sqlite-harness.ts'
import {
  journalSchema,
  type StoreJournalHarnessOptions,
  storeJournalHarness,
} from './store-journal-harness.ts'

export const inMemory: StoreJournalHarnessOptions = {
  durable: false,
  open: async (now) => {
    const store = await openMemoryStore(journalSchema, { now })
    return {
      store,
      reopen: async () => {
        throw new Error('memory does not outlive its store')
      },
      [Symbol.asyncDispose]: () => store.close(),
    }
  },
}

export const overMemory: JournalHarness = storeJournalHarness(inMemory)

/** One folder for all worlds, emptied by each after itself: starting the engine's threads takes longest. */
export async function overOneSqlite(): Promise<JournalHarness & AsyncDisposable> {
  const folder = await temporaryFolder()
  let time: () => number = Date.now
  const opened = (): ReturnType<typeof openSqliteStore> =>
    openSqliteStore({ folder: folder.path, now: () => time() }, journalSchema)
  let store = await opened()
  const harness = storeJournalHarness({
    durable: true,
    open: async (now) => {
      time = now
      return {
        store,
        reopen: async () => {
          await store.close()
          store = await opened()
          return store
        },
        [Symbol.asyncDispose]: () => empty(store, now()),
      }
    },
  })
  return {
    ...harness,
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function empty(store: Store, now: number): Promise<void> {
  for (const table of [jobs, orders] as unknown as Table[]) {
    const { rows } = await store.find(table, { index: 'key', limit: 1000 })
    const id = newBatchId(now, (length) => crypto.getRandomValues(new Uint8Array(length)))
    await store.commit(
      id,
      rows.map((row) => remove(table, [row['id']])),
    )
  }
}
