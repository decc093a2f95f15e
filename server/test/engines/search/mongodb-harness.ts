import { randomUUID } from 'node:crypto'
import { openMongodbSearch } from '../../../src/adapters/search/mongodb/open-mongodb-search.ts'
import type { MongodbSearchOptions } from '../../../src/adapters/search/mongodb/search-options.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import type { SearchHarness } from '../../../src/ports/search/suite/harness.ts'
import { dropDatabase } from '../store/mongodb-harness.ts'

/** Each index in a database of its own, which is dropped in the end. */
export function mongodbSearchHarness(
  url: () => string,
  options: Partial<MongodbSearchOptions> = {},
): SearchHarness {
  return {
    can: { shared: true, durable: true },
    start: async () => {
      const own = { url: url(), database: `lading-${randomUUID()}`, ...options }
      const opened: SearchEngine[] = []
      const open = async (): Promise<SearchEngine> => {
        const engine = await openMongodbSearch(own)
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
          await dropDatabase(own.url, own.database)
        },
      }
    },
  }
}
