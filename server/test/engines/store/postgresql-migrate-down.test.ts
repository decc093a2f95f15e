import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { inspectPostgresql } from '../../../src/adapters/store/postgresql/inspect-schema.ts'
import { openPostgresqlDowngrade } from '../../../src/adapters/store/postgresql/migrate-down.ts'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import {
  afterStep,
  inversesOf,
  type Standing,
  schemaAt,
} from '../../../src/adapters/store/shared/standing.ts'
import { schema } from '../../../src/boot/schema.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import type { Log, Migration, MigrationStep, Schema, Table } from '../../../src/ports/store/table.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { everything, releaseOf, type TestDatabase, testDatabase } from './postgresql-database.ts'

const newest = schema.migrations.length

async function upTo({ url }: TestDatabase, to: Schema): Promise<void> {
  await (await openPostgresqlStore({ url, max: 2 }, to)).close()
}

async function down({ url }: TestDatabase, from: Schema, to: number): Promise<string> {
  await using way = await openPostgresqlDowngrade({ url }, from)
  return await way.run(to)
}

const refused = (message: RegExp | string) => (error: unknown) => {
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, 'permanent')
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

const things: Table = { name: 'things', columns: { id: 'text' }, key: ['id'] }
const extras: Table = { name: 'extras', columns: { id: 'text' }, key: ['id'] }
const notes: Log = { name: 'notes', columns: { text: 'text' } }
const grown: Schema = releaseOf(
  { version: 1, name: 'first', steps: [{ do: 'createTable', table: things }] },
  {
    version: 2,
    name: 'notes',
    steps: [
      { do: 'createTable', table: extras },
      { do: 'createLog', log: notes },
    ],
  },
  {
    version: 3,
    name: 'more',
    steps: [
      { do: 'addColumn', table: 'notes', column: 'about', type: 'text', fill: '' },
      { do: 'addColumn', table: 'things', column: 'note', type: 'text?', fill: null },
      { do: 'addColumn', table: 'things', column: 'size', type: 'integer', fill: 7 },
    ],
  },
)

async function filled({ url }: TestDatabase): Promise<void> {
  const store = await openPostgresqlStore({ url, max: 2 }, grown)
  const rows = [
    insert(things, { id: 'a', size: 7, note: null }),
    insert(things, { id: 'b', size: 8, note: null }),
    insert(things, { id: 'c', size: -7, note: '' }),
    insert(extras, { id: 'd' }),
    append(notes, { text: 'e', about: '' }),
    append(notes, { text: 'f', about: 'f' }),
  ]
  assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), rows), ok)
  await store.close()
}

describe('the way back in PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  test('from every version leads to every earlier one, and forward again', async () => {
    for (let from = 2; from <= newest; from++) {
      for (let to = 1; to < from; to++) {
        await using database = await testDatabase(server)
        await upTo(database, schemaAt(schema, from))
        const upgraded = await everything(database)
        assert.equal(
          await down(database, schema, to),
          `schema public_before_down_from_version_${from} of the database`,
        )
        await using fresh = await testDatabase(server)
        await upTo(fresh, schemaAt(schema, to))
        assert.deepEqual(await everything(database), await everything(fresh), `from ${from} to ${to}`)
        await upTo(database, schemaAt(schema, from))
        assert.deepEqual(await everything(database), upgraded)
      }
    }
  })

  test('through any steps leads to what stood before them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), async (choices) => {
        const [first, second] = chosenMigrations(choices)
        const [earlier, later] = [releaseOf(first), releaseOf(first, second)]
        await using database = await testDatabase(server)
        await upTo(database, earlier)
        const made = await everything(database)
        await upTo(database, later)
        {
          await using way = await openPostgresqlDowngrade({ url: database.url }, later)
          for (const { rows } of (await way.plan(1)).losses) assert.equal(rows, 0)
          await way.run(1)
        }
        assert.deepEqual(await everything(database), made)
        await upTo(database, later)
      }),
      { numRuns: 15 },
    )
  })

  test('says which rows would go, keeps them beside, and changes nothing before it is told to', async () => {
    await using database = await testDatabase(server)
    await filled(database)
    const before = await everything(database)
    {
      await using way = await openPostgresqlDowngrade({ url: database.url }, grown)
      assert.equal(way.version, 3)
      assert.deepEqual(await way.plan(1), {
        from: 3,
        to: 1,
        migrations: [
          { version: 3, name: 'more' },
          { version: 2, name: 'notes' },
        ],
        losses: [
          { table: 'notes', rows: 2 },
          { table: 'extras', rows: 1 },
          { table: 'things', column: 'size', rows: 2 },
          { table: 'things', column: 'note', rows: 1 },
        ],
      })
      assert.deepEqual((await way.plan(2)).losses, [
        { table: 'things', column: 'size', rows: 2 },
        { table: 'things', column: 'note', rows: 1 },
        { table: 'notes', column: 'about', rows: 1 },
      ])
      for (const to of [0, 3, 4, -1, 1.5, Number.NaN]) {
        await assert.rejects(way.plan(to), refused(`from version 3 there is no way back to version ${to}`))
        await assert.rejects(way.run(to), refused(`from version 3 there is no way back to version ${to}`))
      }
      assert.deepEqual(await everything(database), before)
      // Nobody comes in between.
      await assert.rejects(database.open(grown, { waits: { turnMs: 100 } }), { kind: 'transient' })
      assert.equal(await way.run(1), 'schema public_before_down_from_version_3 of the database')
    }
    assert.deepEqual(await database.rows('SELECT id FROM things ORDER BY 1'), [
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ])
    const kept = 'public_before_down_from_version_3'
    assert.deepEqual(await database.rows(`SELECT id, size, note FROM ${kept}.things ORDER BY 1`), [
      { id: 'a', size: '7', note: null },
      { id: 'b', size: '8', note: null },
      { id: 'c', size: '-7', note: '' },
    ])
    assert.deepEqual(await database.rows(`SELECT text, about FROM ${kept}.notes ORDER BY 1`), [
      { text: 'e', about: '' },
      { text: 'f', about: 'f' },
    ])
    // Another time, what was kept is replaced; what is not ours is not.
    await upTo(database, grown)
    await down(database, grown, 2)
    assert.deepEqual(await database.rows(`SELECT to_regclass('${kept}.extras') AS gone`), [{ gone: null }])
    await upTo(database, grown)
    await database.rows(`COMMENT ON SCHEMA ${kept} IS 'mine'`)
    await assert.rejects(
      down(database, grown, 1),
      refused(/schema public_before_down_from_version_3.* is somebody else's/),
    )
  })

  test('is refused where a Lading is at work, somebody has changed the tables, or nothing is there; and fails whole', async () => {
    await using database = await testDatabase(server)
    const { url } = database
    await assert.rejects(openPostgresqlDowngrade({ url }, grown), refused(/holds no registry/))
    await filled(database)
    const store = await openPostgresqlStore({ url }, grown)
    await assert.rejects(
      openPostgresqlDowngrade({ url }, grown),
      refused(/a Lading is at work on this database: stop it/),
    )
    await store.close()
    await assert.rejects(
      openPostgresqlDowngrade({ url }, schemaAt(grown, 2)),
      refused(/is at schema version 3, .* up to 2/),
    )
    const before = await everything(database)
    await database.rows('CREATE VIEW mine AS SELECT size FROM things')
    await assert.rejects(down(database, grown, 1), refused(/cannot drop column size of table things/))
    await database.rows('DROP VIEW mine')
    assert.deepEqual(await everything(database), before)
    await database.rows('ALTER TABLE things ADD COLUMN more text')
    await assert.rejects(
      openPostgresqlDowngrade({ url }, grown),
      refused(/table things has column "more" text/),
    )
  })

  test('from an upgrade that has not taken away yet loses nothing of what it would have taken', async () => {
    await using database = await testDatabase(server)
    const earlier = schemaAt(grown, 3)
    const later = releaseOf(...grown.migrations, {
      version: 4,
      name: 'less',
      steps: [
        { do: 'addColumn', table: 'extras', column: 'fresh', type: 'text', fill: '' },
        { do: 'dropColumn', table: 'things', column: 'note', fill: null },
        { do: 'dropLog', log: 'notes' },
        { do: 'addIndex', table: 'extras', index: 'byFresh', columns: ['fresh'] },
      ],
    })
    await filled(database)
    const before = await everything(database)
    const old = await database.open(earlier)
    const opened = await database.open(later)
    assert.equal(opened.pending, true)
    await opened[Symbol.asyncDispose]()
    await old[Symbol.asyncDispose]()
    {
      await using way = await openPostgresqlDowngrade({ url: database.url }, later)
      assert.deepEqual((await way.plan(3)).losses, [{ table: 'extras', column: 'fresh', rows: 0 }])
      await way.run(3)
    }
    assert.deepEqual(await everything(database), before)
    await upTo(database, earlier)
    await upTo(database, later)
    assert.deepEqual((await inspectPostgresql({ url: database.url }, later)).differences, [])
  })
})

/** One migration that makes something, and one of steps that can follow: each number chooses one of them. */
function chosenMigrations(choices: readonly number[]): readonly [Migration, Migration] {
  const table: Table = {
    name: 'base',
    columns: { id: 'text', number: 'integer', body: 'bytes' },
    key: ['id'],
    unique: { number: ['number'] },
    indexes: { byNumber: ['number'] },
  }
  const first: MigrationStep[] = [
    { do: 'createTable', table },
    { do: 'createLog', log: { name: 'happened', columns: { text: 'text' } } },
  ]
  let standing: Standing = first.reduce(afterStep, new Map())
  const steps = choices.map((choice, at) => {
    const possible = possibleSteps(standing, `new${at}`)
    const step = possible[choice % possible.length]!
    standing = afterStep(standing, step)
    return step
  })
  return [
    { version: 1, name: 'first', steps: first },
    { version: 2, name: 'chosen', steps },
  ]
}

function possibleSteps(standing: Standing, fresh: string): MigrationStep[] {
  const types = [
    ['text', "it's \\"],
    ['integer', -3],
    ['real', 0.5],
    ['boolean', true],
    ['bytes', Uint8Array.of(1)],
    ['text?', null],
  ] as const
  const candidates: MigrationStep[] = [
    {
      do: 'createTable',
      table: { name: fresh, columns: { id: 'text', at: 'integer' }, key: ['id'], indexes: { byAt: ['at'] } },
    },
    { do: 'createLog', log: { name: fresh, columns: { text: 'text', at: 'integer' } } },
  ]
  for (const [name, each] of standing) {
    candidates.push(each.is === 'table' ? { do: 'dropTable', table: name } : { do: 'dropLog', log: name })
    for (const [type, fill] of types)
      candidates.push({ do: 'addColumn', table: name, column: fresh, type, fill })
    const { columns } = each.is === 'table' ? each.table : each.log
    for (const [column, type] of Object.entries(columns)) {
      const fill = types.find(([known]) => known === type)?.[1] ?? null
      if (Object.keys(columns).length > 1) candidates.push({ do: 'dropColumn', table: name, column, fill })
      if (each.is === 'table' && type !== 'text?')
        candidates.push({ do: 'addIndex', table: name, index: fresh, columns: [column] })
    }
    if (each.is === 'log') continue
    for (const index of Object.keys(each.table.indexes ?? {}))
      candidates.push({ do: 'dropIndex', table: name, index })
  }
  return candidates.filter((step) => {
    try {
      inversesOf(standing, [step]).reduce(afterStep, afterStep(standing, step))
      return true
    } catch {
      return false
    }
  })
}
