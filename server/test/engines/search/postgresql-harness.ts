import { openPostgresqlSearch } from '../../../src/adapters/search/postgresql/open-postgresql-search.ts'
import type { PostgresqlSearchOptions } from '../../../src/adapters/search/postgresql/search-options.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import type { SearchHarness } from '../../../src/ports/search/suite/harness.ts'
import type { PostgresqlServer } from '../../kit/servers/postgresql-server.ts'

/** Each index in a schema of its own. */
export function postgresqlSearchHarness(
  server: () => PostgresqlServer,
  options: Partial<PostgresqlSearchOptions> = {},
): SearchHarness {
  let indexes = 0
  return {
    can: { shared: true, durable: true },
    start: async () => {
      const own = { url: server().url, schema: `search_${++indexes}`, ...options }
      const opened: SearchEngine[] = []
      const open = async (): Promise<SearchEngine> => {
        const engine = await openPostgresqlSearch(own)
        opened.push(engine)
        return engine
      }
      const engine = await open()
      return {
        engine,
        reopen: async () => {
          await opened.shift()?.close()
          return await open()
        },
        other: open,
        [Symbol.asyncDispose]: async () => {
          await Promise.all(opened.map((each) => each.close()))
        },
      }
    },
  }
}
