import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import {
  openPostgresqlStore,
  type PostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert, patch } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { bindCase, chance, type StoreHarness } from '../../../src/ports/store/suite/harness.ts'
import { racing } from '../../../src/ports/store/suite/racing.ts'
import {
  counter,
  counters,
  entriesOf,
  happening,
  happenings,
  items,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { postgresqlHarness } from './postgresql-harness.ts'

const runFile = promisify(execFile)

describe('PostgreSQL that several share', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=200'] })
  })
  after(() => server[Symbol.asyncDispose]())

  const open = (options: Partial<PostgresqlStoreOptions> = {}): Promise<PostgresqlStore> =>
    openPostgresqlStore({ url: server.url, max: 4, ...options }, sampleSchema)
  const done = async (store: Store, ...changes: Change[]): Promise<void> => {
    assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), { ok: true })
  }
  const connected = async (): Promise<Client> => {
    const client = new Client({ connectionString: server.url })
    await client.connect()
    return client
  }

  const harness = alternating(postgresqlHarness(() => server))
  for (const one of racing) {
    const { name, run } = bindCase(harness, one)
    test(`by two that have it open: ${name}`, run)
  }

  test('processes that change the same rows at once all count, within bounds, and in one order', async () => {
    const schema = `shared_${++schemas}`
    const store = await open({ schema })
    try {
      const bound = 70
      await done(store, ...['a', 'b', 'chain'].map((id) => insert(counters, counter(id))))
      await done(store, insert(counters, counter('bound', bound)))
      const child = join(import.meta.dirname, 'postgresql-committing-child.ts')
      const times = 50
      const ended = await Promise.all(
        ['one', 'two', 'three'].map((name) =>
          runFile(process.execPath, [child, server.url, schema, name, String(times)]),
        ),
      )
      const won = ended.map(
        ({ stdout }) => JSON.parse(stdout) as Record<'added' | 'taken' | 'put' | 'unique', number>,
      )
      const sum = (what: 'added' | 'taken' | 'put' | 'unique'): number =>
        won.reduce((all, each) => all + each[what], 0)
      assert.deepEqual([sum('added'), sum('taken'), sum('unique')], [3 * times, bound, times])
      const rows = await store.getMany(counters, [['a'], ['b'], ['bound'], ['chain']])
      assert.deepEqual(
        rows.map((row) => row?.n),
        [3 * times, 3 * times, 0, sum('put')],
      )
      assert.equal(await store.count(items, { index: 'key', upTo: 1000 }), times)
      // Who put the chain's row last has the last entry.
      assert.deepEqual(
        (await entriesOf(store, happenings)).map(({ n }) => n),
        Array.from({ length: sum('put') }, (_, n) => n + 1),
      )
    } finally {
      await store.close()
    }
  })

  test('a reader passes no entry whose transaction is still open, and finds it once it has ended', async () => {
    const schema = `tail_${++schemas}`
    const store = await open({ schema, waits: { settleMs: 200 } })
    const other = await connected()
    try {
      await done(store, append(happenings, happening('first', 1)))
      const start = await store.last(happenings)
      await other.query(
        `BEGIN; INSERT INTO "${schema}"."happenings" ("who", "n", "loud") VALUES ('late', 2, false)`,
      )
      await done(store, append(happenings, happening('early', 3)))
      assert.deepEqual(await store.tail(happenings, start, 10), { entries: [] })
      const refused = await store.last(happenings).catch((error: unknown) => error)
      assert.ok(refused instanceof StoreError)
      assert.equal(refused.kind, 'transient')
      await other.query('COMMIT')
      const { entries } = await store.tail(happenings, start, 10)
      assert.deepEqual(
        entries.map(({ row }) => row.who),
        ['late', 'early'],
      )
      assert.equal(await store.last(happenings), entries.at(-1)?.at)
    } finally {
      await other.end()
      await store.close()
    }
  })

  test('who asks where a log ends waits for a transaction that ends soon', async () => {
    const schema = `tail_${++schemas}`
    const store = await open({ schema, waits: { settleMs: 20_000 } })
    const other = await connected()
    try {
      await other.query(
        `BEGIN; INSERT INTO "${schema}"."happenings" ("who", "n", "loud") VALUES ('late', 1, false)`,
      )
      await done(store, append(happenings, happening('early', 2)))
      const asked = Promise.all([store.last(happenings), store.tail(happenings, undefined, 10)])
      await other.query('COMMIT')
      const [last, { entries }] = await asked
      assert.deepEqual(
        entries.map(({ row }) => row.who),
        ['late', 'early'],
      )
      assert.equal(last, entries.at(-1)?.at)
    } finally {
      await other.end()
      await store.close()
    }
  })

  test('a deadlock with somebody else is tried again, and comes to an end', async () => {
    const schema = `dead_${++schemas}`
    const store = await open({ schema })
    const other = await connected()
    try {
      await done(store, insert(counters, counter('a')), insert(counters, counter('b')))
      // The store takes a, then b; the other one b, then a, and waits longer before it looks for a circle.
      await other.query(
        `SET deadlock_timeout = '30s'; BEGIN; SELECT FROM "${schema}"."counters" WHERE id = 'b' FOR UPDATE`,
      )
      const commit = store.commit(newBatchId(Date.now(), chance), [
        patch(counters, ['a'], { add: { n: 1 } }),
        patch(counters, ['b'], { add: { n: 1 } }),
      ])
      await until(async () => {
        const waiting = await server.query('SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')
        return Number(waiting[0]?.['n']) > 0
      })
      await other.query(`UPDATE "${schema}"."counters" SET n = n + 10 WHERE id = 'a'; COMMIT`)
      assert.deepEqual(await commit, { ok: true })
      const rows = await store.getMany(counters, [['a'], ['b']])
      assert.deepEqual(
        rows.map((row) => row?.n),
        [11, 1],
      )
    } finally {
      await other.end()
      await store.close()
    }
  })
})

/** One store that asks two by turns, as two processes would. */
function alternating(harness: StoreHarness): StoreHarness {
  return {
    ...harness,
    start: async (schema) => {
      const fixture = await harness.start(schema)
      assert.ok(fixture.another !== undefined)
      const stores = [fixture.store, await fixture.another()] as const
      let turns = 0
      const store = new Proxy(fixture.store, {
        get: (_, name: keyof Store) => {
          const next = stores[turns++ % 2 === 0 ? 0 : 1]
          const member = next[name]
          return typeof member === 'function' ? member.bind(next) : member
        },
      })
      return {
        store,
        reopen: () => fixture.reopen(),
        [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
      }
    },
  }
}
