import { after, before, describe, test } from 'node:test'
import { storeContract } from '../../../src/ports/store/suite.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { postgresqlHarness } from './postgresql-harness.ts'

describe('the PostgreSQL engine', { concurrency: 4, skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=200'] })
  })
  after(() => server[Symbol.asyncDispose]())
  for (const { name, run } of storeContract(postgresqlHarness(() => server))) test(name, run)
})
