import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { openSqliteDowngrade } from '../../../../src/adapters/store/sqlite/migrate-down.ts'
import { openSqliteRestore } from '../../../../src/adapters/store/sqlite/restore-folder.ts'
import { openSqliteStore, type SqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import type { Schema, Shown, Table, View } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const things: Table = {
  name: 'things',
  columns: { id: 'text', live: 'boolean', at: 'integer', words: 'text', people: 'text', note: 'text?' },
  key: ['id'],
}
const shown: Record<string, Shown> = {
  name: { as: 'kept', column: 'id' },
  madeAt: { as: 'time', column: 'at' },
  words: { as: 'list', column: 'words' },
  people: { as: 'list', column: 'people', member: "o'name" },
}
const living: View = { name: 'living', of: 'things', where: { live: true }, columns: shown }
const fills = { live: true, at: 0, words: '[]', people: '[]', note: null } as const
const schema: Schema = schemaWith([living, { ...living, name: 'unsaid', where: { note: null } }])

function schemaWith(views: readonly View[]): Schema {
  return {
    tables: [things],
    logs: [],
    migrations: [
      {
        version: 1,
        name: 'first',
        steps: [{ do: 'createTable', table: { ...things, columns: { id: 'text' } } }],
      },
      {
        version: 2,
        name: 'more',
        steps: (['live', 'at', 'words', 'people', 'note'] as const).map((column) => ({
          do: 'addColumn',
          table: 'things',
          column,
          type: things.columns[column]!,
          fill: fills[column],
        })),
      },
    ],
    views,
  }
}

const row = (id: string, more: object) => ({ id, ...fills, ...more })

async function filled(folder: string): Promise<SqliteStore> {
  const store = await openSqliteStore({ folder }, schema)
  const rows = [
    row('a', {
      at: Date.UTC(2026, 0, 31, 12, 0, 0, 7),
      words: JSON.stringify(['zebra', 'it’s', 'a, b']),
      people: JSON.stringify([{ "o'name": 'Second' }, { "o'name": 'First', level: 1 }]),
    }),
    row('b', { live: false, at: 1, note: 'said' }),
    row('c', { note: '' }),
  ]
  const changes = rows.map((one) => insert(things, one))
  assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), ok)
  return store
}

/** By a program that knows nothing of Lading. */
function asked(file: string, sql: string): Record<string, unknown>[] {
  using db = new DatabaseSync(file, { readOnly: true })
  return db
    .prepare(sql)
    .all()
    .map((found) => ({ ...found }))
}

const viewsIn = (file: string): unknown[] =>
  asked(file, `SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name`).map(({ name }) => name)

describe('views', () => {
  test('show times as text, lists as text, and the rows that they are of; also while a store is open', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'lading.db')
    const store = await filled(folder.path)
    const a = {
      name: 'a',
      madeAt: '2026-01-31T12:00:00.007Z',
      words: 'zebra, it’s, a, b',
      people: 'Second, First',
    }
    const c = { name: 'c', madeAt: null, words: null, people: null }
    assert.deepEqual(asked(file, 'SELECT * FROM living ORDER BY name'), [a, c])
    assert.deepEqual(asked(file, 'SELECT * FROM unsaid'), [a])
    const dead = patch(things, ['a'], { set: { live: false } })
    assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), [dead]), ok)
    assert.deepEqual(asked(file, 'SELECT * FROM living'), [c])
    await store.close()
  })

  test('tell every millisecond as JavaScript does', async () => {
    await using folder = await temporaryFolder()
    const times = [1, 999, 86_399_999, 1_234_567_890_123, 4_102_444_799_999, 253_402_300_799_999, -1]
    for (let ms = 0; ms < 1000; ms++) times.push(1_767_225_599_000 + ms)
    const store = await openSqliteStore({ folder: folder.path }, schema)
    const changes = times.map((at, number) => insert(things, row(`t${number}`, { at })))
    for (let from = 0; from < changes.length; from += 500) {
      const batch = changes.slice(from, from + 500)
      assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), batch), ok)
    }
    await store.close()
    const found = asked(join(folder.path, 'lading.db'), 'SELECT name, madeAt FROM living')
    assert.deepEqual(
      new Map(found.map(({ name, madeAt }) => [name, madeAt])),
      new Map(times.map((at, number) => [`t${number}`, new Date(at).toISOString()])),
    )
  })

  test('whose text is another one are made anew; those that are as declared stay untouched', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'lading.db')
    await (await filled(folder.path)).close()
    const made = asked(file, 'SELECT * FROM sqlite_schema ORDER BY name')
    const cookie = asked(file, 'PRAGMA schema_version')
    await (await openSqliteStore({ folder: folder.path }, schema)).close()
    assert.deepEqual(asked(file, 'PRAGMA schema_version'), cookie)
    {
      using db = new DatabaseSync(file)
      db.exec(`DROP VIEW unsaid; DROP VIEW living; CREATE VIEW living AS SELECT 'lies' AS name`)
    }
    await (await openSqliteStore({ folder: folder.path }, schema)).close()
    const order = 'SELECT type, name, sql FROM sqlite_schema ORDER BY name'
    assert.deepEqual(
      asked(file, order),
      made.map(({ type, name, sql }) => ({ type, name, sql })),
    )
  })

  test('stand in no migration’s way, forward or back', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'lading.db')
    await (await filled(folder.path)).close()
    {
      await using way = openSqliteDowngrade(folder.path, schema)
      await way.run(1)
    }
    assert.deepEqual(viewsIn(file), [])
    {
      // As an earlier release with other views of that name leaves it.
      using db = new DatabaseSync(file)
      db.exec('CREATE VIEW living AS SELECT id FROM things')
    }
    await (await openSqliteStore({ folder: folder.path }, schema)).close()
    assert.deepEqual(viewsIn(file), ['living', 'unsaid'])
    assert.deepEqual(asked(file, 'SELECT name FROM living'), [{ name: 'a' }, { name: 'b' }, { name: 'c' }])
  })

  test('come along in a snapshot, and out of it', async () => {
    await using folder = await temporaryFolder()
    await using other = await temporaryFolder()
    const store = await filled(folder.path)
    const copy = join(other.path, 'snapshot')
    {
      await using snapshot = await store.snapshot!()
      await writeFile(copy, snapshot.bytes())
    }
    await store.close()
    assert.deepEqual(viewsIn(copy), ['living', 'unsaid'])
    const target = join(other.path, 'data')
    {
      await using restoration = await openSqliteRestore({ folder: target }, schema).begin()
      using db = new DatabaseSync(copy)
      db.exec('DROP VIEW living')
      const bytes = await readFile(copy)
      await restoration.stage(
        (async function* () {
          yield bytes
        })(),
      )
      await restoration.finish()
    }
    assert.deepEqual(asked(join(target, 'lading.db'), 'SELECT name FROM living'), [
      { name: 'a' },
      { name: 'c' },
    ])
  })

  test('that contradict their table are refused', async () => {
    const cases: [Partial<View>, RegExp][] = [
      [{ of: 'none' }, /view living is of none, which is no table/],
      [{ name: 'things' }, /has two things named things/],
      [{ name: 'no name' }, /cannot name a view/],
      [{ where: { none: 1 } }, /view living shows things\.none, which is no column/],
      [{ where: { live: 1 } }, /things\.live is boolean/],
      [{ columns: { a: { as: 'kept', column: 'none' } } }, /shows things\.none, which is no column/],
      [{ columns: { a: { as: 'time', column: 'id' } } }, /shows id as a time, which is text/],
      [{ columns: { a: { as: 'list', column: 'at' } } }, /shows at as a list, which is integer/],
    ]
    for (const [wrong, reason] of cases) {
      await using folder = await temporaryFolder()
      const opening = openSqliteStore({ folder: folder.path }, schemaWith([{ ...living, ...wrong }]))
      await assert.rejects(opening, (error) => {
        assert.ok(error instanceof StoreError)
        assert.match(error.message, reason)
        return true
      })
    }
  })
})
