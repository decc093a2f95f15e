import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { openMongodbStore, openWith } from '../../../src/adapters/store/mongodb/mongodb-store.ts'
import type { MongodbStoreOptions } from '../../../src/adapters/store/mongodb/options.ts'
import type { BeginTransaction } from '../../../src/adapters/store/mongodb/transactions.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import type { StoreHarness } from '../../../src/ports/store/suite/harness.ts'
import type { Schema } from '../../../src/ports/store/table.ts'
import { inTurns } from './mongodb-turns.ts'

/** Batches of other tests may run at the same time, on two cores. */
const waits = { turn: 60_000, commit: 60_000 } as const

/** `begin`: what stands in for transactions; the server's own where it is not given. */
export function openAt(
  url: string,
  schema: Schema,
  { begin, ...options }: Partial<MongodbStoreOptions> & { begin?: BeginTransaction } = {},
): Promise<Store> {
  const full = { waits, ...options, url }
  return begin === undefined ? openMongodbStore(full, schema) : openWith(full, schema, begin)
}

/** Stores over the server at `url()`, a database each, which is dropped in the end. */
export function mongodbHarness(url: () => string, transactions: 'own' | 'in turns'): StoreHarness {
  return {
    can: { durable: true, shared: true, snapshot: false },
    now: Date.now,
    async start(schema) {
      const database = `lading-${randomUUID()}`
      const turns = transactions === 'own' ? {} : { begin: inTurns() }
      const open = (): Promise<Store> => openAt(url(), schema, { database, ...turns })
      let current = await open()
      const others: Store[] = []
      return {
        store: current,
        reopen: async () => {
          await current.close()
          current = await open()
          return current
        },
        another: async () => {
          const other = await open()
          others.push(other)
          return other
        },
        [Symbol.asyncDispose]: async () => {
          for (const store of [current, ...others]) await store.close()
          await dropDatabase(url(), database)
        },
      }
    },
  }
}

export async function dropDatabase(url: string, database: string): Promise<void> {
  const client = new MongoClient(url)
  try {
    await client.db(database).dropDatabase()
  } finally {
    await client.close()
  }
}
