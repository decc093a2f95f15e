import { randomInt, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { openMongodbSearch } from '../../../src/adapters/search/mongodb/open-mongodb-search.ts'
import type { SearchLimits } from '../../../src/adapters/search/mongodb/search-options.ts'
import { compareWithMemory } from '../../kit/search-comparison.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'

const size = { documents: 120, queries: 30, rounds: 2 }
const seed = randomInt(2 ** 31)

describe('search in MongoDB says the same as the one in memory', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  before(async () => {
    server = await startMongodbStandIn()
  })
  after(() => server[Symbol.asyncDispose]())
  const compare = async (limits: Partial<SearchLimits>): Promise<void> => {
    const database = `lading-${randomUUID()}`
    // The stand-in looks through all documents for every word.
    const waits = { queryMs: 20_000 }
    const engine = await openMongodbSearch({ url: server.url, database, limits, waits })
    try {
      await compareWithMemory(engine, seed, size)
    } finally {
      await engine.close()
    }
  }
  test(`documents, questions and changes by chance, seed ${seed}`, async () => {
    await compare({})
  })
  test(`and where more match than are compared word by word, and words are looked up few at a time, seed ${seed}`, async () => {
    await compare({ candidates: 5, wordsAtOnce: 7, keptCounts: 0, countsAtOnce: 1 })
  })
})
