import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'

describe('a schema of PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
  })

  for (const schema of ['plain', 'My Schema', 'with "quotes"', 'übung', 'back\\slash'])
    test(`may be called ${schema}, and is found again`, async () => {
      const url = await server.database()
      const first = await openPostgresqlStore({ url, schema }, sampleSchema)
      assert.deepEqual(
        await first.commit(newBatchId(Date.now(), chance), [insert(counters, counter('a', 7))]),
        { ok: true },
      )
      await first.close()
      const again = await openPostgresqlStore({ url, schema }, sampleSchema)
      assert.equal((await again.get(counters, ['a']))?.n, 7)
      await again.close()
      const made = await server.query('SELECT nspname::text AS name FROM pg_namespace', url)
      assert.ok(made.some(({ name }) => name === schema))
    })
})
