import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import {
  openPostgresqlStore,
  type PostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { append, insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import {
  counter,
  counters,
  happening,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import { type FaultProxies, faultProxyTool, startFaultProxies } from '../../kit/servers/fault-proxy.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { allEntries, id } from './postgresql-told.ts'

/** Of which two are shared by short reads. */
const max = 8
const names = Array.from({ length: 100 }, (_, at) => `c${at}`)

describe('short reads of many at once', { skip: postgresqlSkip || faultProxyTool.skip }, () => {
  let server: PostgresqlServer
  let proxies: FaultProxies
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer()
    proxies = await startFaultProxies()
  })
  after(async () => {
    await proxies[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  interface Opened extends AsyncDisposable {
    readonly store: PostgresqlStore
    readonly schema: string
  }

  async function open(options: Partial<PostgresqlStoreOptions> = {}): Promise<Opened> {
    const schema = `short_${++schemas}`
    const store = await openPostgresqlStore({ url: server.url, schema, max, ...options }, sampleSchema)
    await done(store, ...names.map((name, n) => insert(counters, { ...counter(name), n })))
    return { store, schema, [Symbol.asyncDispose]: () => store.close() }
  }
  const done = async (store: PostgresqlStore, ...changes: Change[]): Promise<void> => {
    assert.deepEqual(await store.commit(id(), changes), { ok: true })
  }
  /** Connections whose last statement was one of the reads of `readAll`. */
  const asked = async (): Promise<number> => {
    const [row] = await server.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'SELECT "id"%FROM "counters" WHERE "id" = $1'`,
    )
    return Number(row?.['n'])
  }
  const readAll = (store: PostgresqlStore): Promise<PromiseSettledResult<number | undefined>[]> =>
    Promise.allSettled(names.map(async (name) => (await store.get(counters, [name]))?.n))
  const right = names.map((_, value) => ({ status: 'fulfilled', value }))
  const failures = (ends: readonly PromiseSettledResult<unknown>[]): StoreError[] =>
    ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as StoreError] : []))

  test('each is answered with its own row, on two connections', async () => {
    await using opened = await open()
    const { store } = opened
    assert.deepEqual(await readAll(store), right)
    assert.equal(await asked(), 2)
    const some = await store.getMany(counters, [['c7'], ['none'], ['c3']])
    assert.deepEqual(
      some.map((row) => row?.n),
      [7, undefined, 3],
    )
    assert.deepEqual(await readAll(store), right)
    assert.equal(await asked(), 2)
    await until(async () => store.figures().idle === store.figures().total)
    assert.ok(store.figures().total >= 3)
  })

  test('one that waits for a lock does not hold up those that come later', async () => {
    await using opened = await open()
    const { store, schema } = opened
    assert.deepEqual(await readAll(store), right)
    const client = new Client({ connectionString: server.url })
    await client.connect()
    await client.query(`BEGIN; LOCK TABLE "${schema}".counters IN ACCESS EXCLUSIVE MODE`)
    const held = readAll(store)
    let answered = 0
    const others: Promise<unknown>[] = []
    await until(async () => {
      others.push(store.get(items, ['s', 'n']).then(() => answered++))
      return answered > 0
    })
    await client.query('ROLLBACK')
    await client.end()
    assert.deepEqual(await held, right)
    await Promise.all(others)
    assert.equal(answered, others.length)
  })

  test('what was to be prepared in vain is told as an error to everybody, and is prepared anew', async () => {
    await using opened = await open()
    const { store, schema } = opened
    await server.query(`ALTER TABLE "${schema}".counters RENAME TO kept`)
    const ends = await readAll(store)
    assert.equal(failures(ends).length, names.length)
    for (const error of failures(ends)) assert.ok(error instanceof StoreError, String(error))
    await server.query(`ALTER TABLE "${schema}".kept RENAME TO counters`)
    assert.deepEqual(await readAll(store), right)
  })

  test('a server that ends connections ends what is asked on them, and others are made', async () => {
    await using opened = await open()
    const { store, schema } = opened
    assert.deepEqual(await readAll(store), right)
    for (let round = 0; round < 5; round++) {
      const reading = readAll(store)
      await server.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lading' AND pid <> pg_backend_pid()`,
      )
      for (const error of failures(await reading)) {
        assert.ok(error instanceof StoreError, String(error))
        assert.equal(error.kind, 'transient', error.message)
      }
      await until(async () => failures(await readAll(store)).length === 0)
      assert.deepEqual(await readAll(store), right, schema)
    }
  })

  test('a black hole ends all of them within the limits, and what comes after it works again', async () => {
    const proxy = await proxies.add(`${server.host}:${server.port}`)
    const waits = { connectMs: 500, queueMs: 700, answerMs: 500, closeMs: 1_000 }
    const url = `postgres://${server.user}@${proxy.host}:${proxy.port}/postgres`
    await using opened = await open({ url, waits })
    const { store } = opened
    assert.deepEqual(await readAll(store), right)
    await proxy.blackHole()
    const began = performance.now()
    const ends = failures(await readAll(store))
    assert.ok(performance.now() - began < 4_000, `it took ${performance.now() - began} ms`)
    assert.equal(ends.length, names.length)
    for (const error of ends) {
      assert.ok(error instanceof StoreError, String(error))
      assert.equal(error.kind, 'transient', error.message)
    }
    await proxy.recover()
    await until(async () => failures(await readAll(store)).length === 0)
    assert.deepEqual(await readAll(store), right)
  })

  test('of several new rows of a table the one that is there already is told, and none comes in', async () => {
    await using opened = await open()
    const { store } = opened
    const added = ['x1', 'x2', 'x3', 'c5', 'x4', 'x5'].map((name) => insert(counters, counter(name)))
    const entries = [1, 2, 3].map((n) => append(happenings, happening('a', n)))
    const refused = await store.commit(id(), [...entries, ...added])
    assert.deepEqual(refused, { ok: false, change: 6, why: 'exists' })
    assert.deepEqual(await store.getMany(counters, [['x1'], ['x5']]), [undefined, undefined])
    assert.equal(await allEntries(store), 0)
    await done(store, insert(items, item(1)))
    const unique = await store.commit(id(), [
      insert(items, item(2)),
      insert(items, item(1, { name: 'three', label: 'another' })),
    ])
    assert.deepEqual(unique, { ok: false, change: 1, why: 'exists', uniqueKey: 'serial' })
    await done(store, ...entries, ...added.filter((_, at) => at !== 3))
    assert.equal((await store.getMany(counters, [['x1'], ['x5']])).filter(Boolean).length, 2)
    assert.equal(await allEntries(store), 3)
  })
})
