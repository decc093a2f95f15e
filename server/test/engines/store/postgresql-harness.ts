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

export const postgresqlCan: StoreCapabilities = { durable: true, shared: true, snapshot: false }

/** Each store in a database of its own. */
export function postgresqlHarness(
  server: () => PostgresqlServer,
  options: Partial<PostgresqlStoreOptions> = {},
): StoreHarness {
  return {
    can: postgresqlCan,
    now: Date.now,
    async start(schema) {
      const url = await server().database()
      const open = (): Promise<PostgresqlStore> =>
        openPostgresqlStore({ url, max: testMax, ...options }, schema)
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
