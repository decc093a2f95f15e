import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { inspectSchema } from '../../../src/adapters/store/postgresql/inspect-schema.ts'
import { openPostgresqlRestore } from '../../../src/adapters/store/postgresql/restore.ts'
import { takeSnapshot } from '../../../src/adapters/store/postgresql/snapshot.ts'
import { schemaAt } from '../../../src/adapters/store/shared/standing.ts'
import { schema } from '../../../src/boot/schema.ts'
import { StoreError, type StoreErrorKind } from '../../../src/ports/store/errors.ts'
import type { StoreRestore } from '../../../src/ports/store/restore.ts'
import type { Snapshot } from '../../../src/ports/store/store.ts'
import { counters, items, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import type { Schema } from '../../../src/ports/store/table.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { type TestDatabase, testDatabase } from './postgresql-database.ts'

const odd = `it''s "\\ \u{10000} \u00e9`

/** Rows of every type, with every value that is odd; more than are asked for at once. */
async function fill({ rows }: TestDatabase): Promise<void> {
  await rows(`INSERT INTO items SELECT 'here', 'item-' || n, n, 'label-' || n, -n * 1000, n / 3.0, n % 2 = 0,
    decode(md5(n::text), 'hex'), CASE WHEN n % 3 = 0 THEN NULL ELSE '\\x0001ff'::bytea END,
    CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE E'${odd.replaceAll('\\', '\\\\')}' END, 'rev-' || n
    FROM generate_series(1, 2500) AS n`)
  await rows(
    `INSERT INTO items VALUES ('', '', ${Number.MIN_SAFE_INTEGER}, '', ${Number.MAX_SAFE_INTEGER}, $1, true, '', '', '', 'rev')`,
    [Number.MAX_VALUE],
  )
  await rows(
    `INSERT INTO counters VALUES ('a', 1, 5e-324, 'rev'), ('\u{ffff}', 2, -0.1, 'rev'), ('\u{10000}', 3, 0, 'rev')`,
  )
  await rows(`INSERT INTO "select" VALUES ('c', 's', 1, NULL, 'rev'), ('d', 't', 2, false, 'rev')`)
  for (const n of [1, 2, 3]) {
    await rows(
      `INSERT INTO happenings (who, n, loud, data) VALUES ('${n}', ${n}, true, NULL), ('${n}b', ${-n}, false, '\\x')`,
    )
  }
}

async function all({ rows }: TestDatabase, declared: Schema): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  for (const { name, key } of declared.tables) {
    found[name] = await rows(`SELECT * FROM "${name}" ORDER BY ${key.map((each) => `"${each}"`).join(', ')}`)
  }
  for (const { name, columns } of declared.logs) {
    const names = Object.keys(columns).map((each) => `"${each}"`)
    found[name] = await rows(`SELECT ${names.join(', ')} FROM "${name}" ORDER BY _xid, _at`)
  }
  return found
}

async function joined(snapshot: Snapshot): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of snapshot.bytes()) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function restoreInto(
  { url }: TestDatabase,
  declared: Schema,
  holdsContent?: () => Promise<boolean>,
): StoreRestore {
  return openPostgresqlRestore({ url, ...(holdsContent !== undefined && { holdsContent }) }, declared)
}

async function restored(database: TestDatabase, declared: Schema, bytes: Buffer): Promise<void> {
  await using restoration = await restoreInto(database, declared).begin()
  await restoration.stage(inChunks(bytes, 65_536))
  await restoration.finish()
}

const isStoreError = (kind: StoreErrorKind, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, kind, error.message)
  assert.match(error.message, message)
  return true
}

const halfRestored = isStoreError(
  'permanent',
  /a restore into this database was interrupted.*run `lading restore` again/,
)

describe('a snapshot of PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  test('is one state, with as many bytes as it says and the same each time, whatever is written meanwhile', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await fill(database)
    const snapshot = await takeSnapshot(database.reach, sampleSchema)
    const [first, read] = await Promise.all([
      joined(snapshot),
      snapshot.reads.find(items, { index: 'bySize', eq: ['here'], limit: 1000 }),
      database.rows('DELETE FROM items WHERE serial > 100'),
      database.rows(`INSERT INTO happenings (who, n, loud) VALUES ('late', 1, true)`),
    ])
    assert.equal(first.length, snapshot.size)
    assert.equal(read.rows.length, 1000)
    assert.ok(first.equals(await joined(snapshot)))
    assert.equal((await snapshot.reads.get(items, ['here', 'item-2000']))?.serial, 2000)
    assert.equal(snapshot.format, 'lading-rows-1')
    await snapshot[Symbol.asyncDispose]()
    await assert.rejects(
      snapshot.reads.get(counters, ['a']),
      isStoreError('permanent', /the snapshot is closed/),
    )
    await assert.rejects(joined(snapshot), isStoreError('permanent', /the snapshot is closed/))
    const sessions = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`
    assert.deepEqual(await database.rows(sessions), [{ n: 0 }])
  })

  test('of an empty store is of the same form', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await using snapshot = await takeSnapshot(database.reach, sampleSchema)
    const bytes = await joined(snapshot)
    assert.equal(bytes.length, snapshot.size)
    await using other = await testDatabase(server)
    await restored(other, sampleSchema, bytes)
    assert.deepEqual(await all(other, sampleSchema), await all(database, sampleSchema))
  })

  test('whose connection is lost is over, and says so', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await using snapshot = await takeSnapshot(database.reach, sampleSchema)
    await database.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`)
    await assert.rejects(snapshot.reads.get(counters, ['a']), isStoreError('transient', /PostgreSQL: /))
    await assert.rejects(joined(snapshot), isStoreError('transient', /PostgreSQL: /))
  })

  test('is put back into an empty database, row by row and entry by entry, and into an earlier one no more', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await fill(database)
    await using snapshot = await takeSnapshot(database.reach, sampleSchema)
    const bytes = await joined(snapshot)
    for (const size of [1_000_003, 4096, 7]) {
      await using other = await testDatabase(server)
      {
        await using restoration = await restoreInto(other, sampleSchema).begin()
        await restoration.stage(inChunks(bytes, size))
        await assert.rejects(other.open(sampleSchema), halfRestored)
        await restoration.finish()
      }
      assert.deepEqual(await all(other, sampleSchema), await all(database, sampleSchema))
      await using _again = await other.open(sampleSchema)
      await using second = await takeSnapshot(other.reach, sampleSchema)
      assert.ok(bytes.equals(await joined(second)))
      // What is appended from now on comes after what was put back.
      await other.rows(`INSERT INTO happenings (who, n, loud) VALUES ('next', 1, true)`)
      const [last] = await other.rows('SELECT who FROM happenings ORDER BY _xid DESC, _at DESC LIMIT 1')
      assert.deepEqual(last, { who: 'next' })
      const era = (where: TestDatabase) => where.rows(`SELECT value FROM lading_state WHERE name = 'era'`)
      assert.notDeepEqual(await era(other), await era(database))
      if (size > 7) continue
      await assert.rejects(
        restoreInto(other, sampleSchema).begin(),
        isStoreError('permanent', /a Lading is at work on this database: stop it/),
      )
      await _again[Symbol.asyncDispose]()
      await assert.rejects(
        restoreInto(other, sampleSchema).begin(),
        isStoreError('permanent', /this database holds a registry already: restore into another/),
      )
    }
  })

  test('of an earlier version is brought to this one, and of a later one refused', async () => {
    await using database = await testDatabase(server)
    const earlier = schemaAt(schema, 1)
    await (await database.open(earlier))[Symbol.asyncDispose]()
    await database.rows(`INSERT INTO secrets VALUES ('a', '\\x00', 'r')`)
    await using snapshot = await takeSnapshot(database.reach, earlier)
    await using other = await testDatabase(server)
    await restored(other, schema, await joined(snapshot))
    assert.deepEqual(await inspectSchema(other.reach, schema), {
      version: schema.migrations.length,
      differences: [],
    })
    assert.deepEqual(await other.rows('SELECT name, rev FROM secrets'), [{ name: 'a', rev: 'r' }])
    await using later = await takeSnapshot(other.reach, schema)
    await using third = await testDatabase(server)
    await assert.rejects(
      restored(third, earlier, await joined(later)),
      isStoreError(
        'permanent',
        /of schema version \d+, and this release of Lading knows versions up to 1: restore them with a newer/,
      ),
    )
  })

  test('that is put back half leaves a database on which nothing opens, until it is put back whole', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await fill(database)
    await using snapshot = await takeSnapshot(database.reach, sampleSchema)
    const bytes = await joined(snapshot)
    await using other = await testDatabase(server)
    const changed = Buffer.from(bytes)
    changed[bytes.length - 2000] = (changed[bytes.length - 2000] ?? 0) ^ 1
    const cases: readonly (readonly [string, Buffer, RegExp])[] = [
      ['cut off', bytes.subarray(0, bytes.length / 2), /no whole records .*: they end too early/],
      ['without its end', bytes.subarray(0, -1), /they end too early/],
      ['too long', Buffer.concat([bytes, Buffer.of(0)]), /more follows/],
      ['nothing', Buffer.alloc(0), /they end too early/],
      ['something else', Buffer.from('SQLite format 3\0'.repeat(100)), /they begin otherwise/],
      ['changed', changed, /they have been changed|no whole records|is there already|duplicate key|violates/],
      [
        'of other tables',
        Buffer.from(bytes.toString('latin1').replace('"counters"', '"contours"'), 'latin1'),
        /have a table "contours" that is none of version 1/,
      ],
    ]
    for (const [what, wrong, reason] of cases) {
      await assert.rejects(restored(other, sampleSchema, wrong), isStoreError('permanent', reason), what)
      await assert.rejects(other.open(sampleSchema), halfRestored)
    }
    {
      await using restoration = await restoreInto(other, sampleSchema).begin()
      await assert.rejects(
        restoreInto(other, sampleSchema).begin(),
        isStoreError('permanent', /another restore into this database is under way/),
      )
      await assert.rejects(restoration.finish(), isStoreError('permanent', /nothing was staged/))
      await restoration.stage(inChunks(bytes, 1000))
    }
    // Staged, and not finished.
    await assert.rejects(other.open(sampleSchema), halfRestored)
    await restored(other, sampleSchema, bytes)
    await using _open = await other.open(sampleSchema)
    assert.deepEqual(await all(other, sampleSchema), await all(database, sampleSchema))
  })

  test('is not put where tables of others or content of a registry are', async () => {
    await using database = await testDatabase(server)
    await assert.rejects(
      restoreInto(database, sampleSchema, async () => true).begin(),
      isStoreError('permanent', /there is content of a registry whose records are not in this database/),
    )
    await database.rows('CREATE TABLE counters (mine int)')
    await assert.rejects(
      restoreInto(database, sampleSchema).begin(),
      isStoreError('permanent', /has a table "counters" that Lading has not made/),
    )
    assert.deepEqual(
      await database.rows(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`),
      [{ relname: 'counters' }],
    )
  })

  test('amid commits has all or nothing of each', async () => {
    await using database = await testDatabase(server)
    await using _opened = await database.open(sampleSchema)
    await database.rows(`INSERT INTO counters VALUES ('a', 0, 0, 'r'), ('b', 0, 0, 'r')`)
    const ended = new AbortController()
    const writing = (async () => {
      const client = new Client({ connectionString: database.url })
      await client.connect()
      while (!ended.signal.aborted)
        await client.query(
          `BEGIN; UPDATE counters SET n = n + 1 WHERE id = 'a'; UPDATE counters SET n = n + 1 WHERE id = 'b'; COMMIT`,
        )
      await client.end()
    })()
    try {
      for (let round = 0; round < 20; round++) {
        await using snapshot = await takeSnapshot(database.reach, sampleSchema)
        const [a, b] = await snapshot.reads.getMany(counters, [['a'], ['b']])
        assert.equal(a?.n, b?.n)
      }
    } finally {
      ended.abort()
      await writing
    }
  })
})
