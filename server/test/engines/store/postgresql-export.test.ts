import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { dumpSql } from '../../../src/adapters/store/postgresql/dump-sql.ts'
import { exportSql } from '../../../src/adapters/store/postgresql/export-sql.ts'
import { inspectPostgresql } from '../../../src/adapters/store/postgresql/inspect-schema.ts'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { schemaAt } from '../../../src/adapters/store/shared/standing.ts'
import { schema } from '../../../src/boot/schema.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import {
  counter,
  counters,
  happening,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'
import type { Schema } from '../../../src/ports/store/table.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { everything, type TestDatabase, testDatabase } from './postgresql-database.ts'

const newest = schema.migrations.length
const psql = ['/usr/bin/psql', '/usr/lib/postgresql/15/bin/psql'].find((path) => existsSync(path))

async function upTo({ url }: TestDatabase, to: Schema): Promise<void> {
  await (await openPostgresqlStore({ url, max: 2 }, to)).close()
}

const refused = (message: RegExp | string) => (error: unknown) => {
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, 'permanent')
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

describe('PostgreSQL as text', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  test('of migrations makes what an opened store makes, forward and back', async () => {
    for (let to = 1; to <= newest; to++) {
      await using database = await testDatabase(server)
      await database.rows(exportSql(schema, 0, to))
      await using fresh = await testDatabase(server)
      await upTo(fresh, schemaAt(schema, to))
      const [scripted, made] = [await everything(database), await everything(fresh)]
      if (to < newest) assert.deepEqual(scripted, made)
      await upTo(database, to === newest ? schema : schemaAt(schema, to))
      assert.deepEqual((await everything(database)).rows, made.rows)
      await database.rows(exportSql(schema, to, 0))
      assert.deepEqual((await everything(database)).rows, {})
    }
    await using database = await testDatabase(server)
    await database.rows(exportSql(schema, 0, 1))
    await database.rows(exportSql(schema, 1, newest))
    await upTo(database, schema)
    await database.rows(exportSql(schema, newest, 1))
    assert.deepEqual(await inspectPostgresql({ url: database.url }, schema), { version: 1, differences: [] })
  })

  test('says what each part is for, and refuses versions that are not there', () => {
    const sql = exportSql(schema, 0, newest)
    assert.ok(sql.startsWith(`-- Lading's records, for PostgreSQL: from version 0 to version ${newest}.`))
    assert.match(sql, /-- 0003 up: artifacts\nBEGIN;/)
    assert.match(sql, /-- 0003 down, to be had by --from 3 --to 2:\n-- {3}/)
    assert.match(sql, /-- Order byLife of repositories\nCREATE INDEX "repositories_i_byLife"/)
    assert.throws(() => exportSql(schema, 0, 9), refused(/there is no version 9: versions go from 0/))
    assert.throws(() => exportSql(schema, 2, 2), refused('no migration lies between version 2 and itself'))
  })

  const load: readonly (readonly [string, string | false, (url: string, sql: string) => Promise<unknown>])[] =
    [
      [
        'pg',
        false,
        async (url, sql) => {
          const { Client } = await import('pg')
          const client = new Client({ connectionString: url })
          await client.connect()
          await client.query(sql)
          await client.end()
        },
      ],
      [
        'psql',
        psql === undefined ? 'psql is not installed: apt-get install postgresql-client' : false,
        async (url, sql) => {
          const child = promisify(execFile)(psql ?? '', ['-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', url])
          child.child.stdin?.end(sql)
          await child
        },
      ],
    ]
  for (const [program, skip, run] of load) {
    test(`of all records, loaded by ${program}, is the same registry`, {
      skip: skip !== false && process.env['LADING_REQUIRE_ALL'] !== '1' ? skip : false,
    }, async () => {
      await using database = await testDatabase(server)
      const store = await openPostgresqlStore({ url: database.url, max: 2 }, sampleSchema)
      const odd = `it's \\ "odd" $1 ; -- \n\t\u{10000}`
      const body = Uint8Array.of(0, 39, 92, 255)
      const rows = Array.from({ length: 450 }, (_, n) =>
        insert(
          items,
          item(n, {
            note: n % 2 === 0 ? odd : null,
            body: n % 3 === 0 ? body : null,
            score: n / 7,
            size: -n,
          }),
        ),
      )
      const more = [
        insert(counters, counter('\u{ffff}', 1)),
        insert(counters, { id: '', n: Number.MIN_SAFE_INTEGER, share: 1e-310 }),
      ]
      assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), [...rows, ...more]), ok)
      for (const n of [1, 2]) {
        assert.deepEqual(
          await store.commit(newBatchId(Date.now(), chance), [
            append(happenings, happening('a', n)),
            append(happenings, happening('b', n)),
          ]),
          ok,
        )
      }
      const pieces: string[] = []
      for await (const piece of dumpSql({ url: database.url }, sampleSchema)) pieces.push(piece)
      await using other = await testDatabase(server)
      await run(other.url, pieces.join(''))
      const again = await openPostgresqlStore({ url: other.url, max: 2 }, sampleSchema)
      assert.deepEqual(again.warnings, [])
      for (const table of sampleSchema.tables) {
        const all = { index: 'key', limit: 1000 }
        assert.deepEqual(await again.find(table, all), await store.find(table, all))
      }
      assert.deepEqual(
        await again.commit(newBatchId(Date.now(), chance), [append(happenings, happening('c', 3))]),
        ok,
      )
      const { entries } = await again.tail(happenings, undefined, 100)
      assert.deepEqual(
        entries.map(({ row }) => [row.who, row.n]),
        [
          ['a', 1],
          ['b', 1],
          ['a', 2],
          ['b', 2],
          ['c', 3],
        ],
      )
      await again.close()
      await store.close()
      assert.match(pieces.join(''), /^-- All records of a Lading registry at schema version 1/)
      assert.match(pieces.join(''), /\n-- Table items: 450 rows\nCREATE TABLE "items"/)
    })
  }

  test('or as rows of another server keeps its logs in order, and goes on behind them', async () => {
    await using database = await testDatabase(server)
    const store = await openPostgresqlStore({ url: database.url, max: 2 }, sampleSchema)
    for (const n of [1, 2, 3]) {
      assert.deepEqual(
        await store.commit(newBatchId(Date.now(), chance), [append(happenings, happening('a', n))]),
        ok,
      )
    }
    await store.close()
    // As pg_dump of a server that has seen many more transactions leaves it; the second was the first to be given a place.
    await database.rows(`UPDATE happenings SET _xid = (900000000000 + n)::text::xid8, _at = 10 - n`)
    await database.rows(`UPDATE lading_batches SET xid = '900000000000'`)
    const era = () => database.rows(`SELECT value FROM lading_state WHERE name = 'era'`)
    const before = await era()
    const again = await openPostgresqlStore({ url: database.url, max: 2 }, sampleSchema)
    assert.deepEqual(again.warnings, [
      'the database comes from another server: the entries of its logs were put in order before those of this one',
    ])
    assert.notDeepEqual(await era(), before)
    assert.deepEqual(
      await again.commit(newBatchId(Date.now(), chance), [append(happenings, happening('a', 4))]),
      ok,
    )
    const { entries } = await again.tail(happenings, undefined, 100)
    assert.deepEqual(
      entries.map(({ row }) => row.n),
      [1, 2, 3, 4],
    )
    await again.close()
    const third = await openPostgresqlStore({ url: database.url, max: 2 }, sampleSchema)
    assert.deepEqual(third.warnings, [])
    await third.close()
  })
})
