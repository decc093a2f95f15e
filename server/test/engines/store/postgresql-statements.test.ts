import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { sessionSql } from '../../../src/adapters/store/postgresql/connection-settings.ts'
import { deltaSql } from '../../../src/adapters/store/postgresql/follow-sql.ts'
import {
  openPostgresqlStore,
  type PostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import {
  countSql,
  lastSql,
  manyRowsSql,
  pageSql,
  rowSql,
  tailNowSql,
  tailSql,
} from '../../../src/adapters/store/postgresql/select-sql.ts'
import { defaultWaits } from '../../../src/adapters/store/postgresql/waits.ts'
import { declared } from '../../../src/adapters/store/shared/declared.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'

describe('what PostgreSQL is asked and says', { skip: postgresqlSkip }, () => {
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

  test('every read is answered by an index in its order, however large the server believes the table to be', async () => {
    const schema = `plans_${++schemas}`
    const store = await open({ schema })
    const client = await connected()
    try {
      await client.query(`SET search_path TO "${schema}"; ${sessionSql(defaultWaits)}`)
      const { tables, logs } = declared(sampleSchema)
      const statements: string[] = []
      for (const table of tables.values()) {
        statements.push(manyRowsSql(table), rowSql(table, table.key))
        for (const by of table.unique.values()) statements.push(rowSql(table, by))
        for (const order of table.indexes.values())
          for (let eq = 0; eq < order.length; eq++) {
            statements.push(countSql(table, order.slice(0, eq)))
            for (const back of [false, true])
              for (const bounds of [[], [order.length - eq], [order.length - eq, 1]])
                statements.push(pageSql(table, { order, eq, bounds, back }))
          }
      }
      for (const log of logs.values()) statements.push(tailSql(log), tailNowSql(log), lastSql(log))
      for (const statement of statements) {
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${statement}`)
        const plan = ofTables(rows.map((row) => row['QUERY PLAN'])).join('\n')
        assert.doesNotMatch(plan, /Seq Scan|Sort|Bitmap|Hash|Disabled/, `${statement}\n${plan}`)
        assert.match(plan, /Index (Only )?Scan/)
      }
      assert.ok(statements.length > 100)
    } finally {
      await client.end()
      await store.close()
    }
  })

  test('what is new is found by index alone, however many batches came while a transaction stayed open', async () => {
    const schema = `new_${++schemas}`
    const store = await open({ schema })
    const client = await connected()
    const other = await connected()
    try {
      await client.query(`SET search_path TO "${schema}"; ${sessionSql(defaultWaits)}`)
      await other.query('BEGIN; SELECT pg_current_xact_id()')
      const batches = 20_000
      await server.query(`INSERT INTO "${schema}".lading_batches (id, void, at, touched)
        SELECT n::text, false, 0, '\\x01020304' FROM generate_series(1, ${batches}) AS n`)
      await server.query(`ANALYZE "${schema}".lading_batches`)
      const { rows: now } = await client.query<{ now: string }>('SELECT pg_current_snapshot()::text AS now')
      await done(store, insert(counters, counter('a')))
      const { rows } = await client.query<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN (ANALYZE, TIMING OFF) ${deltaSql}`,
        values: [now[0]?.now],
      })
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      assert.doesNotMatch(plan, /Seq Scan|Sort|Bitmap|Hash|Disabled|Join Filter/, plan)
      // Both parts by conditions of the index, which leave nothing to be looked through.
      assert.equal(plan.match(/Index Cond: \(xid/g)?.length, 2, plan)
      assert.doesNotMatch(plan, /Rows Removed/, plan)
      assert.equal((await client.query(deltaSql, [now[0]?.now])).rows.length, 1)
    } finally {
      await other.end()
      await client.end()
      await store.close()
    }
  })

  test('ids are forgotten after a day, and not before', async () => {
    const schema = `ids_${++schemas}`
    const store = await open({ schema })
    try {
      const hourMs = 3_600_000
      const ages = [25, 24.1, 23.9, 1]
      const values = ages.map((age) => `('${age}', false, ${Date.now() - age * hourMs})`)
      await server.query(`INSERT INTO "${schema}".lading_batches (id, void, at) VALUES ${values.join(', ')}`)
      await done(store, insert(counters, counter('a')))
      const kept = async (): Promise<unknown[]> => {
        const rows = await server.query(
          `SELECT id FROM "${schema}".lading_batches WHERE length(id) < 32 ORDER BY id`,
        )
        return rows.map(({ id }) => id)
      }
      await until(async () => (await kept()).length <= 2)
      assert.deepEqual(await kept(), ['1', '23.9'])
    } finally {
      await store.close()
    }
  })

  test('a commit waits for the disk, whatever the server is set to, unless it only has to survive the process', async () => {
    const url = await server.database()
    await server.query(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET synchronous_commit = off`)
    const store = await open({ url })
    try {
      await server.query(
        `CREATE TABLE waited (id text, setting text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN INSERT INTO waited VALUES (NEW.id, current_setting('synchronous_commit')); RETURN NEW; END $$;
        CREATE TRIGGER note BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION note()`,
        url,
      )
      for (const [name, survives] of [
        ['usual', undefined],
        ['power', 'power'],
        ['process', 'process'],
        ['then', undefined],
      ] as const) {
        const changes = [insert(counters, counter(name))]
        assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes, survives), { ok: true })
      }
      const settings = await server.query('SELECT id, setting FROM waited', url)
      assert.deepEqual(
        settings.map(({ id, setting }) => [id, setting]),
        [
          ['usual', 'on'],
          ['power', 'on'],
          ['process', 'off'],
          ['then', 'on'],
        ],
      )
    } finally {
      await store.close()
    }
  })

  test('what the server says is told as what it is', async () => {
    const schema = `rights_${++schemas}`
    const store = await open({ schema })
    try {
      await done(store, insert(counters, counter('a')))
      await server.query(`ALTER TABLE "${schema}".counters RENAME TO kept`)
      const gone = await store.get(counters, ['a']).catch((error: unknown) => error)
      assert.ok(gone instanceof StoreError)
      assert.equal(gone.kind, 'permanent')
      await server.query(`ALTER TABLE "${schema}".kept RENAME TO counters`)
      await server.query(`CREATE FUNCTION "${schema}".no() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no' USING ERRCODE = TG_ARGV[0]; END $$`)
      for (const [code, kind] of [
        ['53100', 'full'],
        ['42501', 'denied'],
        ['25006', 'denied'],
        ['53200', 'transient'],
        ['XX001', 'permanent'],
      ] as const) {
        await server.query(`CREATE TRIGGER no BEFORE INSERT ON "${schema}".counters
          FOR EACH ROW EXECUTE FUNCTION "${schema}".no('${code}')`)
        const error = await done(store, insert(counters, counter('b'))).catch((reason: unknown) => reason)
        assert.ok(error instanceof StoreError, String(error))
        assert.equal(error.kind, kind, code)
        assert.equal(error.isVoid, false)
        await server.query(`DROP TRIGGER no ON "${schema}".counters`)
      }
      await done(store, insert(counters, counter('b')))
    } finally {
      await store.close()
    }
  })
})

/** Without what is asked first of those that run, who are few. */
function ofTables(plan: readonly string[]): readonly string[] {
  const first = plan.findIndex((line) => /^ *InitPlan/.test(line))
  if (first < 0) return plan
  const depth = plan[first]?.search(/\S/) ?? 0
  const rest = plan.slice(first + 1).findIndex((line) => line.search(/\S/) <= depth)
  return [...plan.slice(0, first), ...plan.slice(first + 1 + rest)]
}
