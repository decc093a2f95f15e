import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { inspectSchema } from '../../../src/adapters/store/postgresql/inspect-schema.ts'
import { openSchema } from '../../../src/adapters/store/postgresql/migrate.ts'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import type { Reach } from '../../../src/adapters/store/postgresql/schema-session.ts'
import { schemaAt } from '../../../src/adapters/store/shared/standing.ts'
import { schema } from '../../../src/boot/schema.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert, patch, put, remove } from '../../../src/ports/store/change.ts'
import { StoreError, type StoreErrorKind } from '../../../src/ports/store/errors.ts'
import type { BatchId, Change, Store } from '../../../src/ports/store/store.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import type { Log, Migration, Row, Schema, Table } from '../../../src/ports/store/table.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { releaseOf, type TestDatabase, testDatabase } from './postgresql-database.ts'

const things: Table = {
  name: 'things',
  columns: { id: 'text', size: 'integer', old: 'text' },
  key: ['id'],
  indexes: { byOld: ['old'] },
}
const gone: Table = { name: 'gone', columns: { id: 'text' }, key: ['id'] }
const first: Migration = {
  version: 1,
  name: 'first',
  steps: [
    { do: 'createTable', table: things },
    { do: 'createTable', table: gone },
    { do: 'createLog', log: { name: 'said', columns: { text: 'text' } } },
  ],
}
const second: Migration = {
  version: 2,
  name: 'second',
  steps: [
    { do: 'createTable', table: { ...gone, name: 'extra', indexes: { byId: ['id'] } } },
    { do: 'addColumn', table: 'things', column: 'weight', type: 'integer', fill: 7 },
    { do: 'addColumn', table: 'things', column: 'seal', type: 'bytes?', fill: null },
    { do: 'addColumn', table: 'said', column: 'by', type: 'text', fill: "it's \\ nobody" },
    { do: 'addIndex', table: 'things', index: 'byWeight', columns: ['weight'] },
    { do: 'dropIndex', table: 'things', index: 'byOld' },
    { do: 'dropColumn', table: 'things', column: 'old', fill: 'none' },
    { do: 'dropTable', table: 'gone' },
    { do: 'removeRows', table: 'things', where: { id: 'left behind', size: 3 } },
  ],
}
const third: Migration = {
  version: 3,
  name: 'third',
  steps: [{ do: 'dropLog', log: 'said' }],
}
const older = releaseOf(first)
const newer = releaseOf(first, second)
const newest = releaseOf(first, second, third)

const isStoreError = (kind: StoreErrorKind, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, kind, error.message)
  assert.match(error.message, message)
  return true
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await isSo())) {
    if (performance.now() > deadline) assert.fail(`not within 20 s: ${what}`)
    await pause(10)
  }
}

describe('migrations in PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const settled = (database: TestDatabase, to: Schema) =>
    inspectSchema(database.reach, to).then((found) =>
      assert.deepEqual(found, { version: to.migrations.length, differences: [] }),
    )

  test('lead from every version of Lading to this one, with its rows', async () => {
    for (let from = 1; from < schema.migrations.length; from++) {
      await using database = await testDatabase(server)
      await (await database.open(schemaAt(schema, from)))[Symbol.asyncDispose]()
      await database.rows(`INSERT INTO secrets VALUES ('a', '\\x00', 'r')`)
      await using opened = await database.open(schema)
      assert.equal(opened.pending, false)
      await settled(database, schema)
      assert.deepEqual(await database.rows('SELECT name, rev FROM secrets'), [{ name: 'a', rev: 'r' }])
    }
  })

  test('beside an older release under load add at once, and take away once it has gone', async () => {
    await using database = await testDatabase(server)
    const old = await database.open(older)
    await database.rows(
      `INSERT INTO things SELECT 'thing-' || n, n, 'o', 'r' FROM generate_series(1, 500) AS n`,
    )
    await database.rows(`INSERT INTO things VALUES ('left behind', 3, 'o', 'r'), ('not left', 4, 'o', 'r')`)
    await using load = await loadOfOlder(database.url)
    await until('the older release is at work', () => load.rounds() > 20)
    await using opened = await database.open(newer, { contractEveryMs: 3_600_000 })
    assert.equal(opened.pending, true)
    await settled(database, newer)
    const before = load.rounds()
    // This release knows nothing of the column that the older one still reads.
    await database.rows(`INSERT INTO things (id, size, weight, seal, rev) VALUES ('new', 1, 2, '\\x01', 'r')`)
    await database.rows(`INSERT INTO extra VALUES ('a', 'r')`)
    assert.deepEqual(await database.rows(`SELECT old FROM things WHERE id = 'new'`), [{ old: 'none' }])
    assert.deepEqual(await database.rows(`SELECT id FROM things WHERE size IN (3, 4) AND id LIKE '%left%'`), [
      { id: 'not left' },
    ])
    await until('the older release goes on', () => load.rounds() > before + 50)
    assert.equal(await opened.contract(), false)
    await assert.rejects(
      database.open(older),
      isStoreError(
        'permanent',
        /is at schema version 2, .* knows versions up to 1: start the newer release, or/,
      ),
    )
    const count = await load.end()
    await old[Symbol.asyncDispose]()
    assert.equal(await opened.contract(), true)
    assert.equal(opened.pending, false)
    await settled(database, newer)
    // What the older release wrote meanwhile is whole, with what the newer one has added.
    assert.deepEqual(
      await database.rows(
        `SELECT count(*)::int AS n, min(weight)::int AS w FROM things WHERE id LIKE 'load-%'`,
      ),
      [{ n: count, w: 7 }],
    )
    assert.deepEqual(await database.rows('SELECT DISTINCT "by" FROM said'), [{ by: "it's \\ nobody" }])
    assert.deepEqual(await database.rows(`SELECT to_regclass('gone') AS gone`), [{ gone: null }])
    await using fresh = await testDatabase(server)
    await using _fresh = await fresh.open(newer)
    const indexes =
      'SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2'
    assert.deepEqual(await database.rows(indexes), await fresh.rows(indexes))
  })

  test('leave the stores of both releases at work, whole, before and after', async () => {
    await using database = await testDatabase(server)
    const { url } = database
    const row = { id: 'a', size: 1, old: 'o' }
    const asNew = { weight: 2, seal: Uint8Array.of(1) }
    const { old: _, ...bare } = row
    const [oldThings, newThings] = [older, newer].map(
      (each) => each.tables.find(({ name }) => name === 'things') as Table,
    ) as [Table, Table]
    const [oldSaid, newSaid] = [older, newer].map((each) => each.logs[0] as Log) as [Log, Log]
    const done = async (store: Store, ...changes: Change[]): Promise<void> =>
      assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), ok)
    const read = async (store: Store, table: Table): Promise<Row[]> => {
      const { rows } = await store.find(table, { index: 'key', limit: 100 })
      return rows.map((each) => bareOf(each))
    }
    const old = await openPostgresqlStore({ url, max: 2 }, older)
    // Each connection has prepared every statement before the tables change.
    const all = async (): Promise<void> => {
      const { rev = '' as BatchId } = (await old.get(oldThings, ['a'])) ?? {}
      await done(old, put(oldThings, row, rev), append(oldSaid, { text: 'old' }))
      await done(old, patch(oldThings, ['a'], { add: { size: 0 }, when: { old: { eq: 'o' } } }))
      await done(old, insert(oldThings, { ...row, id: 'b' }))
      assert.deepEqual(await read(old, oldThings), [row, { ...row, id: 'b' }])
      assert.equal((await old.find(oldThings, { index: 'byOld', eq: ['o'], limit: 5 })).rows.length, 2)
      await done(old, remove(oldThings, ['b']))
      assert.ok((await old.tail(oldSaid, undefined, 100)).entries.length > 0)
    }
    await done(old, insert(oldThings, row))
    for (let round = 0; round < 4; round++) await all()
    const opened = await openPostgresqlStore({ url, max: 2 }, newer)
    for (let round = 0; round < 4; round++) await all()
    assert.deepEqual(await read(opened, newThings), [{ ...bare, weight: 7, seal: null }])
    const { rev } = (await opened.get(newThings, ['a'])) ?? assert.fail('the row has gone')
    await done(opened, put(newThings, { ...bare, ...asNew }, rev), append(newSaid, { text: 'new', by: 'n' }))
    await done(opened, insert(newThings, { ...bare, ...asNew, id: 'c' }))
    assert.deepEqual(await read(old, oldThings), [row, { ...row, id: 'c', old: 'none' }])
    assert.deepEqual((await old.tail(oldSaid, undefined, 100)).entries.at(-1)?.row, { text: 'new' })
    await old.close()
    await using third = await database.open(newer)
    assert.equal(third.pending, false)
    await settled(database, newer)
    const { rows } = await opened.find(newThings, { index: 'byWeight', eq: [2], limit: 5 })
    assert.deepEqual(
      rows.map((each) => bareOf(each)),
      [
        { ...bare, ...asNew },
        { ...bare, ...asNew, id: 'c' },
      ],
    )
    await done(
      opened,
      patch(newThings, ['a'], { add: { weight: 1 } }),
      insert(newThings, { ...bare, ...asNew, id: 'd' }),
    )
    await opened.close()
  })

  test('take away by themselves when the older release has gone, and each version waits for its own', async () => {
    await using database = await testDatabase(server)
    const one = await database.open(older)
    const troubles: unknown[] = []
    const options = { contractEveryMs: 20, onTrouble: (error: unknown) => troubles.push(error) }
    const two = await database.open(newer, options)
    await using three = await database.open(newest, options)
    const contracted = async () =>
      Number((await database.rows(`SELECT value FROM lading_state WHERE name = 'contracted'`))[0]?.['value'])
    assert.equal(await contracted(), 1)
    await one[Symbol.asyncDispose]()
    await until('what the first needed has gone', async () => (await contracted()) === 2)
    assert.equal(await three.contract(), false)
    assert.deepEqual(await database.rows(`SELECT to_regclass('gone') AS gone`), [{ gone: null }])
    assert.equal((await database.rows('SELECT count(*)::int AS n FROM said'))[0]?.['n'], 0)
    await two[Symbol.asyncDispose]()
    await until('what the second needed has gone', () => !three.pending)
    await settled(database, newest)
    // Of a database that a later release has changed, an older one at work takes away nothing more.
    for (const trouble of troubles) assert.match(String(trouble), /is at schema version 3/)
  })

  test('that cannot stand beside an older release say what to stop, and change nothing', async () => {
    await using database = await testDatabase(server)
    const again = releaseOf(first, {
      version: 2,
      name: 'another old',
      steps: [
        { do: 'createTable', table: { ...gone, name: 'extra' } },
        { do: 'dropIndex', table: 'things', index: 'byOld' },
        { do: 'dropColumn', table: 'things', column: 'old', fill: '' },
        { do: 'addColumn', table: 'things', column: 'old', type: 'integer', fill: 1 },
      ],
    })
    const old = await database.open(older)
    await assert.rejects(
      database.open(again),
      isStoreError(
        'permanent',
        /migration 2 \(another old\) cannot be done while a Lading of schema version 1 is at work .*: stop it/,
      ),
    )
    await settled(database, older)
    await old[Symbol.asyncDispose]()
    await using _opened = await database.open(again)
    await settled(database, again)
  })

  test('by many processes at once are done once', async () => {
    await using database = await testDatabase(server)
    const all = await Promise.all(Array.from({ length: 12 }, () => database.open(newest)))
    await settled(database, newest)
    assert.deepEqual(await database.rows(`SELECT count(*)::int AS n FROM lading_state WHERE name = 'era'`), [
      { n: 1 },
    ])
    for (const each of all) await each[Symbol.asyncDispose]()
  })

  test('that fail are taken back whole, and name what failed', async () => {
    await using database = await testDatabase(server)
    await (await database.open(older))[Symbol.asyncDispose]()
    await database.rows('CREATE TABLE extra (mine text)')
    await assert.rejects(
      database.open(newer),
      isStoreError('permanent', /migration 2 \(second\) was not done: relation "extra" already exists/),
    )
    await settled(database, older)
    await database.rows('DROP TABLE extra')
    await using _opened = await database.open(newer)
    await settled(database, newer)
  })

  test('cut off while an order was being made go on where they were', async () => {
    await using database = await testDatabase(server)
    const old = await database.open(older)
    const holder = new Client({ connectionString: database.url })
    await holder.connect()
    // An order that is made beside others waits for those who see an earlier state.
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await holder.query('SELECT count(*) FROM gone')
    const opening = assert.rejects(database.open(newer), isStoreError('transient', /ended the connection/))
    const building = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONC%'
      AND state = 'active' AND wait_event_type = 'Lock'`
    await until('the order is being made', async () => (await database.rows(building)).length === 1)
    await database.rows(`SELECT pg_terminate_backend(pid) FROM (${building}) AS found`)
    await opening
    await holder.query('COMMIT')
    await holder.end()
    const invalid = 'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid'
    assert.deepEqual(await database.rows(invalid), [{ name: '"things_i_byWeight"' }])
    await assert.rejects(database.open(older), isStoreError('permanent', /is at schema version 2/))
    await using opened = await database.open(newer)
    assert.deepEqual(await database.rows(invalid), [])
    await settled(database, newer)
    await old[Symbol.asyncDispose]()
    assert.equal(await opened.contract(), true)
    await settled(database, newer)
  })

  test('wait for their turn and for tables in use, but not for ever', async () => {
    await using database = await testDatabase(server)
    const waits = { turnMs: 300, tableMs: 50, pauseMs: 10 }
    await (await database.open(older))[Symbol.asyncDispose]()
    const other = new Client({ connectionString: database.url })
    await other.connect()
    await other.query('BEGIN')
    await other.query('SELECT count(*) FROM things')
    await assert.rejects(
      database.open(newer, { waits }),
      isStoreError(
        'transient',
        /tables that are to be changed were in use for 300 ms.*end long transactions/,
      ),
    )
    await settled(database, older)
    await other.query('COMMIT')
    const { inTurn } = await import('../../../src/adapters/store/postgresql/schema-locks.ts')
    await inTurn(other, { ...waits, statementMs: 1000 }, async () => {
      await assert.rejects(
        database.open(newer, { waits }),
        isStoreError(
          'transient',
          /another process has been changing the tables, or restoring them, for 300 ms/,
        ),
      )
    })
    await other.end()
    await using _opened = await database.open(newer, { waits })
    await settled(database, newer)
  })

  test('keep what a process needs that has lost its connection and comes back, and tell one that comes back late', async () => {
    await using database = await testDatabase(server)
    const options = { connectionString: database.url } as { connectionString: string }
    await using old = await openSchema({ options } as unknown as Reach, older, { contractEveryMs: 20 })
    await using opened = await database.open(newer, { contractEveryMs: 3_600_000 })
    const presence = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND objid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    const present = async () => (await database.rows(presence))[0]?.['pid']
    const earlier = await present()
    await database.rows(`SELECT pg_terminate_backend($1)`, [earlier])
    await until('it is there again', async () => ![undefined, earlier].includes((await present()) as never))
    assert.equal(await opened.contract(), false)
    assert.equal(old.overtaken, undefined)
    // Cut off until the newer release has taken it for gone.
    options.connectionString = 'postgres://lading@127.0.0.1:1/none'
    await database.rows(`SELECT pg_terminate_backend($1)`, [await present()])
    await until('the newer release takes it for gone', () => opened.contract())
    options.connectionString = database.url
    await until('it is told', () => old.overtaken !== undefined)
    isStoreError(
      'permanent',
      /has brought the database to schema version 2 while this one.*stop this one/,
    )(old.overtaken)
    await settled(database, newer)
  })

  test('make views for people as they are declared, whatever somebody has done to them', async () => {
    await using database = await testDatabase(server)
    const shown = {
      name: { as: 'kept', column: 'id' },
      at: { as: 'time', column: 'size' },
      list: { as: 'list', column: 'old' },
    } as const
    const view = { name: 'seen', of: 'things', where: { size: 1_700_000_000_123 }, columns: shown } as const
    const withView: Schema = { ...older, views: [view] }
    await (await database.open(withView))[Symbol.asyncDispose]()
    await database.rows(
      `INSERT INTO things VALUES ('a', 1700000000123, '["x", "it''s y"]', 'r'), ('b', 0, '[]', 'r')`,
    )
    const seen = [{ name: 'a', at: '2023-11-14T22:13:20.123Z', list: "x, it's y" }]
    assert.deepEqual(await database.rows('SELECT * FROM seen'), seen)
    await database.rows(
      'CREATE OR REPLACE VIEW seen AS SELECT id AS name, NULL::text AS at, NULL::text AS list FROM things',
    )
    await (await database.open(withView))[Symbol.asyncDispose]()
    assert.deepEqual(await database.rows('SELECT * FROM seen'), seen)
    const oid = `SELECT 'seen'::regclass::oid AS oid`
    const same = await database.rows(oid)
    await (await database.open(withView))[Symbol.asyncDispose]()
    assert.deepEqual(await database.rows(oid), same)
    // A column that a view shows can go.
    await (await database.open(newer))[Symbol.asyncDispose]()
    assert.deepEqual(await database.rows(`SELECT to_regclass('seen') AS seen`), [{ seen: null }])
    await settled(database, newer)
  })

  test('of a release that contradicts itself are refused before anything is made', async () => {
    await using database = await testDatabase(server)
    const cases: readonly (readonly [Schema, RegExp])[] = [
      [{ ...newer, migrations: [first, third] }, /migration 2 is numbered 3/],
      [{ ...newer, migrations: [first] }, /migrations of this release do not make the tables/],
      [
        releaseOf({
          version: 1,
          name: 'own',
          steps: [{ do: 'createTable', table: { ...gone, name: 'Lading_x' } }],
        }),
        /a table cannot be named Lading_x/,
      ],
    ]
    for (const [wrong, reason] of cases)
      await assert.rejects(database.open(wrong), isStoreError('permanent', reason))
    assert.deepEqual(
      await database.rows(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`),
      [],
    )
  })
})

const bareOf = ({ rev: _, ...row }: Row): Row => row

interface Load extends AsyncDisposable {
  rounds(): number
  /** Answers how many rows it has inserted. */
  end(): Promise<number>
}

/** What a process of the older release does, and that nothing of it ever fails. */
async function loadOfOlder(url: string): Promise<Load> {
  const ended = new AbortController()
  let rounds = 0
  const work = async (worker: number): Promise<void> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      for (let round = 0; !ended.signal.aborted; round++) {
        const id = `load-${worker}-${round}`
        await client.query('BEGIN')
        await client.query({
          name: 'insert',
          text: `INSERT INTO things (id, size, old, rev) VALUES ($1, $2, 'o', 'r')`,
          values: [id, round],
        })
        await client.query({ name: 'say', text: `INSERT INTO said (text) VALUES ($1)`, values: [id] })
        await client.query('COMMIT')
        await client.query({
          name: 'patch',
          text: `UPDATE things SET size = size + 1, old = 'p' WHERE id = $1`,
          values: [id],
        })
        const { rows } = await client.query({
          name: 'find',
          text: `SELECT id, size, old FROM things WHERE old = 'p' AND id = $1`,
          values: [id],
        })
        assert.deepEqual(rows, [{ id, size: String(round + 1), old: 'p' }])
        await client.query({ name: 'gone', text: 'SELECT id FROM gone LIMIT 1' })
        rounds++
      }
    } finally {
      await client.end()
    }
  }
  const all = Promise.all([work(1), work(2)])
  all.catch(() => ended.abort())
  return {
    rounds: () => rounds,
    end: async () => {
      ended.abort()
      await all
      return rounds
    },
    [Symbol.asyncDispose]: async () => {
      ended.abort()
      await all.catch(() => {})
    },
  }
}
