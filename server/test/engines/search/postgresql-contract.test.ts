import { after, before, describe, test } from 'node:test'
import { searchContract } from '../../../src/ports/search/suite.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { postgresqlSearchHarness } from './postgresql-harness.ts'

describe('search in PostgreSQL', { concurrency: 4, skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=200'] })
  })
  after(() => server[Symbol.asyncDispose]())
  for (const { name, run } of searchContract(postgresqlSearchHarness(() => server))) test(name, run)
})
