import {
  openPostgresqlStore,
  type PostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import type { StoreCapabilities } from '../../../src/ports/store/store.ts'
import type { StoreHarness } from '../../../src/ports/store/suite/harness.ts'
import type { PostgresqlServer } from '../../kit/servers/postgresql-server.ts'

/** Fewer than the default, since many cases run at once against one server. */
export const testMax = 6

export const postgresqlCan: StoreCapabilities = { durable: true, shared: true, snapshot: true }

/** Each store in a schema of its own: to make a database is a long transaction, which those who follow have to wait for. */
export function postgresqlHarness(
  server: () => PostgresqlServer,
  options: Partial<PostgresqlStoreOptions> = {},
): StoreHarness {
  let stores = 0
  return {
    can: postgresqlCan,
    now: Date.now,
    async start(schema) {
      const { url } = server()
      const own = { url, max: testMax, schema: `case_${++stores}`, ...options }
      const open = (): Promise<PostgresqlStore> => openPostgresqlStore(own, schema)
      const opened: PostgresqlStore[] = []
      const next = async (): Promise<PostgresqlStore> => {
        const store = await open()
        opened.push(store)
        return store
      }
      const store = await next()
      return {
        store,
        reopen: async () => {
          await opened.shift()?.close()
          const again = await open()
          opened.unshift(again)
          return again
        },
        another: next,
        [Symbol.asyncDispose]: async () => {
          await Promise.all(opened.map((each) => each.close()))
        },
      }
    },
  }
}
