import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  openPostgresqlStore,
  type PostgresqlStore,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { insert, patch } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Survives } from '../../../src/ports/store/store.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { type Spoiler, startSpoiler } from './postgresql-spoiler.ts'
import { id } from './postgresql-told.ts'

const begin = 'BEGIN'
/** To its end, which isolation levels that begin so do not have there. */
const commit = 'COMMIT\0'

describe('PostgreSQL whose statements somebody cancels', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  interface World extends AsyncDisposable {
    readonly spoiler: Spoiler
    readonly store: PostgresqlStore
    readonly schema: string
  }
  /** With one connection, so that what one batch leaves behind the next one finds. */
  const world = async (): Promise<World> => {
    const schema = `cancelled_${++schemas}`
    const spoiler = await startSpoiler(server)
    const store = await openPostgresqlStore({ url: spoiler.url, schema, max: 1 }, sampleSchema)
    return {
      spoiler,
      store,
      schema,
      [Symbol.asyncDispose]: async () => {
        await store.close()
        await spoiler[Symbol.asyncDispose]()
      },
    }
  }
  const ended = async (store: PostgresqlStore, batch = id(), ...changes: Change[]): Promise<unknown> =>
    await store.commit(batch, changes).catch((error: unknown) => error)

  for (const survives of ['power', 'process'] satisfies Survives[]) {
    test(`a batch (${survives}) whose BEGIN alone failed is not applied, not even in part, and not told as applied`, async () => {
      await using where = await world()
      const { store, spoiler } = where
      const batch = id()
      // The first change could be made, the second one never.
      const changes = [insert(counters, counter('a', 1)), patch(counters, ['b'], { add: { n: 1 } })]
      spoiler.spoil(begin)
      const error = await store.commit(batch, changes, survives).catch((thrown: unknown) => thrown)
      assert.equal(spoiler.spoiled, 1)
      assert.ok(error instanceof StoreError, JSON.stringify(error))
      assert.equal(await store.get(counters, ['a']), undefined)
      // The id stands for nothing: sent again, the batch is looked at anew.
      assert.deepEqual(await ended(store, batch, ...changes), { ok: false, change: 1, why: 'missing' })
      assert.equal(await store.get(counters, ['a']), undefined)
    })
  }

  test('a batch whose COMMIT failed is told as not applied, and the next one is not harmed', async () => {
    await using where = await world()
    const { store, spoiler } = where
    spoiler.spoil(commit)
    const batch = id()
    const error = await ended(store, batch, insert(counters, counter('a', 1)))
    assert.equal(spoiler.spoiled, 1)
    assert.ok(error instanceof StoreError, JSON.stringify(error))
    assert.equal(error.kind, 'transient')
    assert.equal(error.isVoid, true)
    assert.equal(await store.get(counters, ['a']), undefined)
    assert.deepEqual(await ended(store, id(), insert(counters, counter('a', 2))), { ok: true })
    assert.equal((await store.get(counters, ['a']))?.n, 2)
    assert.equal(store.figures().total, 1)
  })

  test('a claim of which BEGIN or COMMIT failed is made again, and says what is so', async () => {
    for (const word of [begin, commit]) {
      await using where = await world()
      const { store, spoiler } = where
      spoiler.spoil(commit)
      spoiler.spoil(word)
      const batch = id()
      const error = await ended(store, batch, insert(counters, counter('a', 1)))
      assert.equal(spoiler.spoiled, 2)
      assert.ok(error instanceof StoreError, JSON.stringify(error))
      assert.equal(error.isVoid, true)
      const again = await ended(store, batch, insert(counters, counter('a', 1)))
      assert.ok(again instanceof StoreError && again.isVoid, JSON.stringify(again))
      assert.equal(await store.get(counters, ['a']), undefined)
    }
  })

  test('who may only read by the settings of the server is told so, and writes nothing', async () => {
    await using where = await world()
    const { store, schema } = where
    assert.deepEqual(await ended(store, id(), insert(counters, counter('a', 1))), { ok: true })
    await server.query(`ALTER ROLE ${server.user} SET default_transaction_read_only = on`)
    try {
      await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'lading' AND pid <> pg_backend_pid()`)
      await until(() => store.get(counters, ['a']).then(Boolean, () => false))
      const error = await ended(store, id(), insert(counters, counter('b', 1)))
      assert.ok(error instanceof StoreError, JSON.stringify(error))
      assert.equal(error.kind, 'denied')
    } finally {
      await server.query(
        `BEGIN READ WRITE; ALTER ROLE ${server.user} RESET default_transaction_read_only; COMMIT`,
      )
    }
    const [row] = await server.query(`SELECT count(*)::int AS n FROM "${schema}".counters`)
    assert.equal(row?.['n'], 1)
  })
})
