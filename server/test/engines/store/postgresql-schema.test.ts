import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inspectSchema } from '../../../src/adapters/store/postgresql/inspect-schema.ts'
import { schema } from '../../../src/boot/schema.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import type { Schema, Table } from '../../../src/ports/store/table.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { releaseOf, testDatabase } from './postgresql-database.ts'

const things: Table = {
  name: 'things',
  columns: { id: 'text', size: 'integer', share: 'real', live: 'boolean', body: 'bytes?', note: 'text?' },
  key: ['id'],
  unique: { size: ['size'] },
  indexes: { byLife: ['live', 'share'] },
}
const small: Schema = releaseOf({
  version: 1,
  name: 'first',
  steps: [
    { do: 'createTable', table: things },
    { do: 'createLog', log: { name: 'said', columns: { at: 'integer', text: 'text' } } },
  ],
})

describe('the tables in PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  for (const [name, each] of Object.entries({ 'of a release': schema, 'of the suite': sampleSchema })) {
    test(`${name} are made, and found to be as declared`, async () => {
      await using database = await testDatabase(server)
      {
        await using opened = await database.open(each)
        assert.deepEqual(opened.warnings, [])
        assert.equal(opened.pending, false)
      }
      const made = await database.rows('SELECT oid, relname FROM pg_class ORDER BY oid')
      await using again = await database.open(each)
      assert.equal(await again.contract(), true)
      const version = each.migrations.length
      assert.deepEqual(await inspectSchema(database.reach, each), { version, differences: [] })
      // Nothing was made anew, and nothing of the statistics' own making counts.
      assert.deepEqual(await database.rows('SELECT oid, relname FROM pg_class ORDER BY oid'), made)
    })
  }

  test('compare text by its bytes, keep whole numbers within what JavaScript counts exactly, and know each type', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(small)
    const columns = await database.rows(
      `SELECT column_name AS name, data_type AS type, is_nullable AS nullable, collation_name AS collation
        FROM information_schema.columns WHERE table_name = 'things' ORDER BY ordinal_position`,
    )
    const column = (name: string, type: string, nullable: 'YES' | 'NO', collation: string | null) => ({
      name,
      type,
      nullable,
      collation,
    })
    assert.deepEqual(columns, [
      column('id', 'text', 'NO', 'C'),
      column('size', 'bigint', 'NO', null),
      column('share', 'double precision', 'NO', null),
      column('live', 'boolean', 'NO', null),
      column('body', 'bytea', 'YES', null),
      column('note', 'text', 'YES', 'C'),
      column('rev', 'text', 'NO', 'C'),
    ])
    const indexes = await database.rows(
      `SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE tablename = 'things' ORDER BY 1`,
    )
    assert.deepEqual(indexes, [
      {
        name: 'things_i_byLife',
        sql: 'CREATE INDEX "things_i_byLife" ON public.things USING btree (live, share, id)',
      },
      { name: 'things_pkey', sql: 'CREATE UNIQUE INDEX things_pkey ON public.things USING btree (id)' },
      { name: 'things_u_size', sql: 'CREATE UNIQUE INDEX things_u_size ON public.things USING btree (size)' },
    ])
    await database.rows(
      `INSERT INTO things VALUES ('a', ${Number.MAX_SAFE_INTEGER}, 0.5, true, NULL, NULL, 'r')`,
    )
    await assert.rejects(database.rows('UPDATE things SET size = size + 1'), {
      code: '23514',
      constraint: 'things_c_size',
    })
    await assert.rejects(
      database.rows(
        `INSERT INTO things VALUES ('b', ${Number.MAX_SAFE_INTEGER}, 0.5, true, NULL, NULL, 'r')`,
      ),
      { code: '23505', constraint: 'things_u_size' },
    )
  })

  test('of a log order entries by their transaction and within it', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(small)
    await database.rows(`INSERT INTO said (at, text) VALUES (1, 'a'), (2, 'b')`)
    await database.rows(`INSERT INTO said (at, text) VALUES (3, 'c')`)
    const rows = await database.rows(
      `SELECT text, _xid < pg_snapshot_xmin(pg_current_snapshot()) AS past,
        dense_rank() OVER (ORDER BY _xid)::int AS group FROM said ORDER BY _xid, _at`,
    )
    assert.deepEqual(rows, [
      { text: 'a', past: true, group: 1 },
      { text: 'b', past: true, group: 1 },
      { text: 'c', past: true, group: 2 },
    ])
  })

  test('with names that PostgreSQL would cut off stay apart', async () => {
    await using database = await testDatabase(server)
    const name = 't'.repeat(48)
    const long: Table = {
      name,
      columns: { ['c'.repeat(48)]: 'integer', ['d'.repeat(48)]: 'integer' },
      key: ['c'.repeat(48)],
      indexes: { ['i'.repeat(47) + 1]: ['d'.repeat(48)], ['i'.repeat(47) + 2]: ['d'.repeat(48)] },
    }
    const declared = releaseOf({ version: 1, name: 'long', steps: [{ do: 'createTable', table: long }] })
    await (await database.open(declared))[Symbol.asyncDispose]()
    await using _again = await database.open(declared)
    assert.deepEqual(await inspectSchema(database.reach, declared), { version: 1, differences: [] })
  })

  test('stand in a schema of PostgreSQL that is named, beside those of another', async () => {
    await using database = await testDatabase(server)
    const within = (namespace: string) => ({
      options: { connectionString: `${database.url}?options=-csearch_path%3D${namespace}` },
    })
    const { openSchema } = await import('../../../src/adapters/store/postgresql/migrate.ts')
    await using _one = await openSchema(within('one') as never, schema, { namespace: 'one' })
    await using _other = await openSchema(within('other') as never, small, { namespace: 'other' })
    assert.deepEqual(await inspectSchema(within('one') as never, schema), {
      version: schema.migrations.length,
      differences: [],
    })
    assert.deepEqual(await inspectSchema(within('other') as never, small), { version: 1, differences: [] })
    await assert.rejects(openSchema(within('third') as never, small), {
      message: /no schema of the search_path \(third\) is there: make one with CREATE SCHEMA/,
    })
    await assert.rejects(openSchema(within('one') as never, small, { namespace: 'fourth' }), {
      message: /search_path of the connection is one, whose first schema is not "fourth"/,
    })
  })

  const changes: readonly (readonly [string, string, RegExp])[] = [
    [
      'a column more',
      'ALTER TABLE things ADD COLUMN more text',
      /has column "more" text.*, which is not declared/,
    ],
    ['a column less', 'ALTER TABLE things DROP COLUMN note', /lacks column "note" text/],
    [
      'another type',
      'ALTER TABLE things ALTER COLUMN share TYPE real',
      /lacks column "share" double precision/,
    ],
    [
      'another collation',
      'ALTER TABLE things ALTER COLUMN note TYPE text COLLATE "POSIX"',
      /COLLATE "POSIX"/,
    ],
    ['null', 'ALTER TABLE things ALTER COLUMN size DROP NOT NULL', /lacks column "size" bigint NOT NULL/],
    ['an order less', 'DROP INDEX "things_i_byLife"', /lacks order things_i_byLife \(live, share, id\)/],
    ['a unique key less', 'DROP INDEX things_u_size', /lacks unique key things_u_size \(size\)/],
    ['a unique key more', 'CREATE UNIQUE INDEX mine ON things (note)', /has unique key mine \(note\)/],
    ['no primary key', 'ALTER TABLE things DROP CONSTRAINT things_pkey', /lacks primary key things_pkey/],
    ['no range', 'ALTER TABLE things DROP CONSTRAINT things_c_size', /lacks constraint things_c_size/],
    ['a range more', 'ALTER TABLE things ADD CONSTRAINT mine CHECK (share > 0)', /has constraint mine/],
    [
      'a trigger',
      'CREATE TRIGGER mine BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      /has trigger mine/,
    ],
    ['a rule', 'CREATE RULE mine AS ON DELETE TO things DO INSTEAD NOTHING', /has rule mine/],
    ['row security', 'ALTER TABLE things ENABLE ROW LEVEL SECURITY', /has row security/],
    ['an heir', 'CREATE TABLE heir () INHERITS (things)', /has tables that inherit from it/],
    ['no log', 'ALTER TABLE things SET UNLOGGED', /has no log \(UNLOGGED\)/],
    ['a foreign key', 'CREATE TABLE mine (id text REFERENCES things)', /has a foreign key of another table/],
    ['no table', 'DROP TABLE things', /table things is missing/],
    ['no own table', 'DROP TABLE lading_batches', /table lading_batches is missing/],
  ]
  for (const [what, sql, reason] of changes) {
    test(`that somebody has given ${what} are refused, and left so`, async () => {
      await using database = await testDatabase(server)
      await (await database.open(small))[Symbol.asyncDispose]()
      await database.rows(sql)
      const { version, differences } = await inspectSchema(database.reach, small)
      assert.equal(version, 1)
      assert.match(differences?.join('; ') ?? '', reason)
      await assert.rejects(database.open(small), (error) => {
        assert.ok(error instanceof StoreError)
        assert.equal(error.kind, 'permanent')
        assert.match(
          error.message,
          /^the database does not hold the tables of version 1: .*Somebody has changed/,
        )
        assert.match(error.message, reason)
        return true
      })
      assert.deepEqual(await inspectSchema(database.reach, small), { version, differences })
    })
  }

  test('may have orders, tables and views of somebody else beside them', async () => {
    await using database = await testDatabase(server)
    await (await database.open(small))[Symbol.asyncDispose]()
    await database.rows('CREATE INDEX mine ON things (note); ')
    await database.rows('CREATE TABLE others (a int)')
    await database.rows('CREATE VIEW seen AS SELECT * FROM things')
    await using _again = await database.open(small)
    assert.deepEqual((await inspectSchema(database.reach, small)).differences, [])
    assert.deepEqual(await database.rows('SELECT count(*)::int AS n FROM seen'), [{ n: 0 }])
  })
})
