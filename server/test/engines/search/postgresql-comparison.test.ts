import { randomInt } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { openPostgresqlSearch } from '../../../src/adapters/search/postgresql/open-postgresql-search.ts'
import type { SearchLimits } from '../../../src/adapters/search/postgresql/search-options.ts'
import { compareWithMemory } from '../../kit/search-comparison.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'

const size = { documents: 250, queries: 40, rounds: 2 }
const seed = randomInt(2 ** 31)

describe('search in PostgreSQL says the same as the one in memory', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())
  const compare = async (schema: string, limits: Partial<SearchLimits>): Promise<void> => {
    const engine = await openPostgresqlSearch({ url: server.url, schema, limits })
    try {
      await compareWithMemory(engine, seed, size)
    } finally {
      await engine.close()
    }
  }
  test(`documents, questions and changes by chance, seed ${seed}`, async () => {
    await compare('whole', {})
  })
  test(`and where documents have more words than are indexed, seed ${seed}`, async () => {
    await compare('long', { lexemeBytes: 400 })
  })
  test(`and where more match than are compared word by word, and words are written often, seed ${seed}`, async () => {
    await compare('many', { candidates: 5, countedWords: 1, keptCounts: 0 })
  })
})
