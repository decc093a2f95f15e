import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import {
  openPostgresqlStore,
  type PostgresqlStore,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Position, Store } from '../../../src/ports/store/store.ts'
import { bindCase, chance } from '../../../src/ports/store/suite/harness.ts'
import { logs } from '../../../src/ports/store/suite/logs.ts'
import {
  counter,
  counters,
  entriesOf,
  happening,
  happenings,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { postgresqlHarness } from './postgresql-harness.ts'

/** Nobody here waits for as long as that: who would, fails by the time that a test has. */
const never = 600_000

describe('PostgreSQL while somebody holds a transaction open', {
  skip: postgresqlSkip,
  timeout: 120_000,
}, () => {
  let server: PostgresqlServer
  let elsewhere: string
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=200', 'max_prepared_transactions=5'] })
    elsewhere = await server.database()
    await server.query('CREATE TABLE public.unrelated (n int)')
    await server.query('CREATE TABLE unrelated (n int)', elsewhere)
  })
  after(() => server[Symbol.asyncDispose]())

  const own = (
    settleMs: number,
  ): { readonly schema: string; readonly open: () => Promise<PostgresqlStore> } => {
    const schema = `unsettled_${++schemas}`
    const open = (): Promise<PostgresqlStore> =>
      openPostgresqlStore({ url: server.url, schema, max: 4, waits: { settleMs } }, sampleSchema)
    return { schema, open }
  }
  const say = async (store: Store, who: string, n = 1): Promise<void> => {
    const changes = [append(happenings, happening(who, n))]
    assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), { ok: true })
  }
  const connected = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url })
    // Of one that a test has the server end.
    client.on('error', () => {})
    await client.connect()
    return client
  }
  /** Has written something, and does not end. */
  const holding = async (url: string, ...more: string[]): Promise<Client> => {
    const client = await connected(url)
    for (const sql of ['BEGIN', 'INSERT INTO public.unrelated VALUES (1)', ...more]) await client.query(sql)
    return client
  }
  const late = (schema: string): string =>
    `INSERT INTO "${schema}"."happenings" ("who", "n", "loud") VALUES ('late', 1, false)`
  const whos = async (store: Store, after?: Position): Promise<readonly string[]> =>
    (await store.tail(happenings, after, 100)).entries.map(({ row }) => row.who)
  const now = async (store: Store, after?: Position): Promise<readonly (readonly [string, boolean])[]> => {
    assert.ok(store.tailNow !== undefined)
    const { entries } = await store.tailNow(happenings, after, 100)
    return entries.map(({ row, isSettled }) => [row.who, isSettled])
  }

  for (const [where, url] of [
    ['another database', () => elsewhere],
    ['the same one, on a table of somebody else', () => server.url],
  ] as const) {
    test(`in ${where}: logs are read to their end at once`, async () => {
      const { open } = own(never)
      await using closing = new AsyncDisposableStack()
      const store = await open()
      closing.defer(() => store.close())
      await say(store, 'before')
      const holder = await holding(url())
      closing.defer(() => holder.end())
      await say(store, 'meanwhile')
      assert.deepEqual(await whos(store), ['before', 'meanwhile'])
      assert.deepEqual(await now(store), [
        ['before', true],
        ['meanwhile', true],
      ])
      const end = await store.last(happenings)
      assert.deepEqual(await store.tail(happenings, end, 10), { entries: [] })
      // Who begins another one while the first goes on is in nobody's way either.
      const second = await holding(url(), 'SAVEPOINT one', 'INSERT INTO public.unrelated VALUES (2)')
      closing.defer(() => second.end())
      await say(store, 'again')
      assert.deepEqual(await whos(store, end), ['again'])
    })
  }

  test('that is prepared for two phases elsewhere: logs are read to their end at once', async () => {
    const { open } = own(never)
    const store = await open()
    try {
      for (const [n, url] of [elsewhere, server.url].entries()) {
        const holder = await holding(url, `PREPARE TRANSACTION 'elsewhere ${n}'`)
        await holder.end()
        await say(store, `${n}`)
      }
      assert.deepEqual(await whos(store), ['0', '1'])
    } finally {
      await server.query(`ROLLBACK PREPARED 'elsewhere 0'`, elsewhere)
      await server.query(`ROLLBACK PREPARED 'elsewhere 1'`)
      await store.close()
    }
  })

  test('that may write to the log itself: what came after it is told as not settled, and in the end in its order', async () => {
    const { schema, open } = own(50)
    const store = await open()
    const writer = await connected(server.url)
    const foreign = await holding(elsewhere)
    try {
      await say(store, 'first')
      const start = await store.last(happenings)
      await writer.query(`BEGIN; ${late(schema)}`)
      await say(store, 'early')
      await say(store, 'early too')
      assert.deepEqual(await store.tail(happenings, start, 10), { entries: [] })
      assert.deepEqual(await whos(store), ['first'])
      const refused = await store.last(happenings).catch((error: unknown) => error)
      assert.ok(refused instanceof StoreError)
      assert.equal(refused.kind, 'transient')
      assert.deepEqual(await now(store), [
        ['first', true],
        ['early', false],
        ['early too', false],
      ])
      // Who walks on from what is not settled meets all that is there.
      const page = await store.tailNow?.(happenings, start, 1)
      assert.deepEqual(
        page?.entries.map(({ row, isSettled }) => [row.who, isSettled]),
        [['early', false]],
      )
      assert.deepEqual(await now(store, page?.entries[0]?.at), [['early too', false]])
      await writer.query('COMMIT')
      assert.deepEqual(await whos(store, start), ['late', 'early', 'early too'])
      assert.deepEqual(
        (await now(store, start)).map(([, isSettled]) => isSettled),
        [true, true, true],
      )
    } finally {
      await Promise.all([writer.end(), foreign.end()])
      await store.close()
    }
  })

  test('and has prepared it: no reader passes what it will bring, also when the server was started anew', async () => {
    const { schema, open } = own(50)
    const store = await open()
    try {
      await say(store, 'first')
      const start = await store.last(happenings)
      const writer = await connected(server.url)
      await writer.query(`BEGIN; ${late(schema)}`)
      await writer.query(`PREPARE TRANSACTION 'late'`)
      await writer.end()
      await say(store, 'early')
      const heldUp = async (): Promise<void> => {
        assert.deepEqual(await whos(store, start), [])
        assert.deepEqual(await now(store, start), [['early', false]])
      }
      await heldUp()
      await server.kill()
      await server.start()
      await until(
        async () =>
          await say(store, 'after the crash').then(
            () => true,
            () => false,
          ),
      )
      assert.deepEqual(await whos(store, start), [])
      await server.query(`COMMIT PREPARED 'late'`)
      assert.deepEqual((await whos(store, start)).slice(0, 2), ['late', 'early'])
    } finally {
      await store.close()
    }
  })

  test('and whose client is killed: what came after it is settled then', async () => {
    const { schema, open } = own(never)
    const store = await open()
    const writer = await connected(server.url)
    try {
      const [{ pid } = { pid: 0 }] = (await writer.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))
        .rows
      await writer.query(`BEGIN; ${late(schema)}`)
      await say(store, 'early')
      const read = whos(store)
      assert.deepEqual(await now(store), [['early', false]])
      await server.query(`SELECT pg_terminate_backend(${pid})`)
      assert.deepEqual(await read, ['early'])
    } finally {
      await writer.end().catch(() => {})
      await store.close()
    }
  })

  test('a batch that waits for a row that somebody holds keeps its place before what is answered meanwhile', async () => {
    const { schema, open } = own(50)
    const store = await open()
    const holder = await connected(server.url)
    try {
      await holder.query(
        `BEGIN; INSERT INTO "${schema}"."counters" ("id", "n", "share", "rev") VALUES ('row', 1, 0, 'r')`,
      )
      const waiting = store.commit(newBatchId(Date.now(), chance), [
        insert(counters, counter('row')),
        append(happenings, happening('waited', 1)),
      ])
      await until(async () => {
        const found = await server.query('SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')
        return Number(found[0]?.['n']) > 0
      })
      await say(store, 'early')
      assert.deepEqual(await whos(store), [])
      assert.deepEqual(await now(store), [['early', false]])
      await holder.query('ROLLBACK')
      assert.deepEqual(await waiting, { ok: true })
      assert.deepEqual(await whos(store), ['waited', 'early'])
    } finally {
      await holder.end()
      await store.close()
    }
  })

  describe('elsewhere, and many short ones beside', () => {
    let open: AsyncDisposableStack
    before(async () => {
      open = new AsyncDisposableStack()
      for (const url of [elsewhere, server.url]) {
        const holder = await holding(url)
        open.defer(() => holder.end())
        const busy = await connected(url)
        let isOver = false
        const running = (async () => {
          while (!isOver) await busy.query('INSERT INTO public.unrelated VALUES (3)')
        })()
        open.defer(async () => {
          isOver = true
          await running
          await busy.end()
        })
      }
    })
    after(() => open.disposeAsync())

    const harness = postgresqlHarness(() => server)
    for (const one of logs) {
      const { name, run } = bindCase(harness, one)
      test(name, run)
    }

    test('several readers see all of many writers of several processes, quick and slow ones, in one order', async () => {
      const { schema, open: another } = own(never)
      const stores: PostgresqlStore[] = []
      for (let n = 0; n < 3; n++) stores.push(await another())
      try {
        const each = 60
        const quick = stores.flatMap((store, at) =>
          Array.from({ length: 3 }, async (_, w) => {
            for (let n = 0; n < each; n++) await say(store, `${at}.${w}`, n)
          }),
        )
        // Each statement of theirs is a message, and some take it all back.
        const slow = Array.from({ length: 4 }, async (_, w) => {
          const client = await connected(server.url)
          for (let n = 0; n < each; n++) {
            const said = late(schema).replace(`'late', 1`, `'slow ${w}', ${n}`)
            for (const sql of ['BEGIN', said, 'ROLLBACK', 'BEGIN', said, 'SELECT 1', 'COMMIT'])
              await client.query(sql)
          }
          await client.end()
        })
        const writing = [...quick, ...slow]
        const total = writing.length * each
        const reading = stores.map(async (store) => {
          const seen: string[] = []
          const end = performance.now() + 60_000
          for (let place: Position | undefined; seen.length < total; ) {
            assert.ok(performance.now() < end, `only ${seen.length} entries came`)
            const { entries } = await store.tail(happenings, place, 50)
            seen.push(...entries.map(({ row }) => `${row.who} ${row.n}`))
            place = entries.at(-1)?.at ?? place
          }
          return seen
        })
        await Promise.all(writing)
        const [store] = stores
        assert.ok(store !== undefined)
        const all = (await entriesOf(store, happenings)).map(({ who, n }) => `${who} ${n}`)
        assert.equal(all.length, total)
        for (const seen of await Promise.all(reading)) assert.deepEqual(seen, all)
      } finally {
        await Promise.all(stores.map((store) => store.close()))
      }
    })
  })
})
