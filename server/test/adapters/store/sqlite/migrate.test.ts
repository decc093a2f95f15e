import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { schemaAt } from '../../../../src/adapters/store/shared/standing.ts'
import { openForReading, openForWriting } from '../../../../src/adapters/store/sqlite/connection.ts'
import { openSqliteStore, type SqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import { chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import type { Log, Migration, MigrationStep, Schema, Table } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const thingsAtFirst: Table = {
  name: 'things',
  columns: { space: 'text', id: 'integer', body: 'bytes' },
  key: ['space', 'id'],
  indexes: { byId: ['id'] },
}
const things: Table = {
  name: 'things',
  columns: {
    space: 'text',
    id: 'integer',
    body: 'bytes',
    size: 'integer',
    name: 'text',
    shown: 'boolean',
    seal: 'bytes',
    note: 'text?',
  },
  key: ['space', 'id'],
  indexes: { bySize: ['size', 'id'] },
}
const extras: Table = { name: 'extras', columns: { id: 'text' }, key: ['id'], unique: { again: ['id'] } }
const leftovers: Table = { name: 'leftovers', columns: { id: 'text' }, key: ['id'] }
const notes: Log = { name: 'notes', columns: { text: 'text' } }

const first: Migration = {
  version: 1,
  name: 'at first',
  steps: [
    { do: 'createTable', table: thingsAtFirst },
    { do: 'createTable', table: leftovers },
    { do: 'createLog', log: notes },
  ],
}
const add = (
  column: string,
  type: 'integer' | 'text' | 'boolean' | 'bytes' | 'text?',
  fill: never,
): MigrationStep => ({
  do: 'addColumn',
  table: 'things',
  column,
  type,
  fill,
})
const second: Migration = {
  version: 2,
  name: 'sizes and names',
  steps: [
    add('size', 'integer', -7 as never),
    add('name', 'text', "o'clock" as never),
    add('shown', 'boolean', true as never),
    add('seal', 'bytes', Uint8Array.of(0, 255) as never),
    add('note', 'text?', null as never),
    { do: 'addIndex', table: 'things', index: 'bySize', columns: ['size', 'id'] },
  ],
}
const third: Migration = {
  version: 3,
  name: 'tidied',
  steps: [
    { do: 'dropIndex', table: 'things', index: 'byId' },
    { do: 'dropTable', table: 'leftovers' },
    { do: 'createTable', table: extras },
  ],
}
const firstSchema: Schema = { tables: [thingsAtFirst, leftovers], logs: [notes], migrations: [first] }
const thirdSchema: Schema = { tables: [things, extras], logs: [notes], migrations: [first, second, third] }

const id = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)
const open = (folder: string, schema: Schema): Promise<SqliteStore> => openSqliteStore({ folder }, schema)

async function filledAtFirst(folder: string): Promise<void> {
  const store = await open(folder, firstSchema)
  const rows = [1, 2].map((n) => insert(thingsAtFirst, { space: 'a', id: n, body: Uint8Array.of(n) }))
  assert.deepEqual(await store.commit(id(), [...rows, append(notes, { text: 'kept' })]), ok)
  await store.close()
}

/** What a statement answers on the database as it lies there. */
function inDatabase(folder: string, sql: string): Record<string, unknown>[] {
  using db = new DatabaseSync(join(folder, 'lading.db'))
  return db
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))
}

async function refusal(opening: Promise<SqliteStore>): Promise<string> {
  const error = await opening.then(
    async (store) => {
      await store.close()
      assert.fail('opened')
    },
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, 'permanent')
  return error.message
}

describe('migrations', () => {
  test('bring rows forward through every version, filled as told, in new orders', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    const store = await open(folder.path, thirdSchema)
    const { rows } = await store.find(things, { index: 'bySize', eq: [-7], limit: 10 })
    const filled = { size: -7, name: "o'clock", shown: true, seal: Uint8Array.of(0, 255), note: null }
    assert.deepEqual(
      rows.map(({ rev: _, ...row }) => row),
      [1, 2].map((n) => ({ space: 'a', id: n, body: Uint8Array.of(n), ...filled })),
    )
    assert.deepEqual(
      (await store.tail(notes, undefined, 10)).entries.map(({ row }) => row),
      [{ text: 'kept' }],
    )
    assert.deepEqual(await store.commit(id(), [insert(extras, { id: 'new' })]), ok)
    await store.close()
    // Nothing is left to do the second time.
    await (await open(folder.path, thirdSchema)).close()
  })

  test('give a log new columns, and its old entries what fills them', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    const grown: Log = { name: 'notes', columns: { text: 'text', artifact: 'text', version: 'text?' } }
    const addToNotes = (column: string, type: 'text' | 'text?', fill: string | null): MigrationStep => ({
      do: 'addColumn',
      table: 'notes',
      column,
      type,
      fill,
    })
    const steps = [addToNotes('artifact', 'text', ''), addToNotes('version', 'text?', null)]
    const migrations = [first, { version: 2, name: 'notes say of what', steps }]
    const store = await open(folder.path, { tables: firstSchema.tables, logs: [grown], migrations })
    const later = { text: 'later', artifact: 'a', version: '1.0.0' }
    assert.deepEqual(await store.commit(id(), [append(grown, later)]), ok)
    assert.deepEqual(
      (await store.tail(grown, undefined, 10)).entries.map(({ row }) => row),
      [{ text: 'kept', artifact: '', version: null }, later],
    )
    await store.close()
  })

  test('leave a copy of the state before them, which opens as that version', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    await (await open(folder.path, thirdSchema)).close()
    const names = ['lading-before-version-2.db', 'lading.db', 'lock.db']
    assert.deepEqual((await readdir(folder.path)).sort(), names)
    const restored = join(folder.path, 'restored')
    await mkdir(restored)
    await copyFile(join(folder.path, names[0]!), join(restored, 'lading.db'))
    const store = await open(restored, firstSchema)
    assert.equal(await store.count(thingsAtFirst, { index: 'byId', upTo: 10 }), 2)
    await store.close()
  })

  test('of an empty folder need no copy', async () => {
    await using folder = await temporaryFolder()
    await (await open(folder.path, thirdSchema)).close()
    assert.deepEqual((await readdir(folder.path)).sort(), ['lading.db', 'lock.db'])
  })

  test('that were cut off while copying, or after it, begin again with a fresh copy', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    const copy = join(folder.path, 'lading-before-version-2.db')
    await writeFile(copy, 'of an earlier try')
    await writeFile(`${copy}.partial`, 'half of')
    await (await open(folder.path, thirdSchema)).close()
    assert.deepEqual((await readdir(folder.path)).sort(), [
      'lading-before-version-2.db',
      'lading.db',
      'lock.db',
    ])
    assert.equal((await readFile(copy)).subarray(0, 15).toString(), 'SQLite format 3')
  })

  test('that fail are taken back whole; the versions before stay, and a release that stands there opens', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    inDatabase(folder.path, 'CREATE TABLE extras (id)')
    const message = await refusal(open(folder.path, thirdSchema))
    assert.match(message, /migration 3 \(tidied\) failed and was taken back: .*extras.* already exists/)
    assert.deepEqual(inDatabase(folder.path, 'SELECT version FROM "_schema"'), [{ version: 2 }])
    // What the failed migration began with is there again.
    assert.deepEqual(inDatabase(folder.path, `SELECT name FROM sqlite_schema WHERE name = 'things__byId'`), [
      { name: 'things__byId' },
    ])
    inDatabase(folder.path, 'DROP TABLE extras')
    const store = await open(folder.path, schemaAt(thirdSchema, 2))
    assert.equal(await store.count(things, { index: 'key', upTo: 10 }), 2)
    await store.close()
    await (await open(folder.path, thirdSchema)).close()
  })

  test('that were cut off between two versions go on from there', async () => {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    const untilSecond: Schema = {
      tables: [{ ...things, indexes: { ...things.indexes, byId: ['id'] } }, leftovers],
      logs: [notes],
      migrations: [first, second],
    }
    await (await open(folder.path, untilSecond)).close()
    const store = await open(folder.path, thirdSchema)
    assert.equal(await store.count(things, { index: 'bySize', eq: [-7], upTo: 10 }), 2)
    await store.close()
    const copies = (await readdir(folder.path)).filter((name) => name.startsWith('lading-before')).sort()
    assert.deepEqual(copies, ['lading-before-version-2.db', 'lading-before-version-3.db'])
  })

  test('must be numbered without gaps', async () => {
    await using folder = await temporaryFolder()
    const message = await refusal(open(folder.path, { ...thirdSchema, migrations: [first, third] }))
    assert.match(message, /migration 2 is numbered 3/)
  })
})

test('migrations that forget what is declared are refused, and nothing is changed for them', async () => {
  await using folder = await temporaryFolder()
  await filledAtFirst(folder.path)
  const forgetful: Schema = {
    ...thirdSchema,
    migrations: [first, { ...second, steps: second.steps.slice(1, -1) }, third],
  }
  const message = await refusal(open(folder.path, forgetful))
  for (const part of [
    'the migrations of this release do not make the tables that it declares',
    'table things lacks column size (INTEGER)',
    'table things lacks index things__bySize (size, id, space)',
  ]) {
    assert.ok(message.includes(part), `${part}: ${message}`)
  }
  // The same where nothing is left to migrate.
  await using upgraded = await temporaryFolder()
  await (await open(upgraded.path, schemaAt(forgetful, 3))).close()
  assert.match(await refusal(open(upgraded.path, forgetful)), /the migrations of this release do not make/)
  const wrong: MigrationStep = { do: 'dropIndex', table: 'things', index: 'none' }
  const contradicting = { ...thirdSchema, migrations: [first, { ...second, steps: [wrong] }, third] }
  assert.equal(
    await refusal(open(folder.path, contradicting)),
    'migration 2 (sizes and names) contradicts what stands before it: there is no index none of table things',
  )
  assert.deepEqual(inDatabase(folder.path, 'SELECT version FROM "_schema"'), [{ version: 1 }])
  assert.deepEqual((await readdir(folder.path)).sort(), ['lading.db', 'lock.db'])
})

test('a newer database is refused, with both versions and what to do, and stays as it is', async () => {
  await using folder = await temporaryFolder()
  await filledAtFirst(folder.path)
  await (await open(folder.path, thirdSchema)).close()
  const message = await refusal(open(folder.path, firstSchema))
  assert.match(
    message,
    /is at schema version 3, .* knows versions up to 1: start the newer release again, .* or put/,
  )
  assert.ok(message.includes('`lading migrate down --to 1`'), message)
  assert.ok(message.includes('lading-before-version-2.db'), message)
  await (await open(folder.path, thirdSchema)).close()
})

test('triggers, views and inner tables of another making are refused before any row is changed', async () => {
  const cases: [sql: string, what: RegExp][] = [
    ['CREATE TRIGGER t AFTER INSERT ON things BEGIN DELETE FROM things; END', /trigger "t"/],
    ['CREATE TRIGGER t AFTER UPDATE ON "_schema" BEGIN DELETE FROM things; END', /trigger "t"/],
    ['CREATE VIEW v AS SELECT * FROM things', /view "v"/],
    ['CREATE TABLE _log (a)', /table "_log"/],
    ['CREATE VIRTUAL TABLE words USING fts5(a)', /table "words"/],
  ]
  for (const [sql, what] of cases) {
    await using folder = await temporaryFolder()
    await filledAtFirst(folder.path)
    const db = new DatabaseSync(join(folder.path, 'lading.db'))
    db.exec(sql)
    db.close()
    // Also where a migration would come first.
    for (const schema of [firstSchema, thirdSchema]) {
      const message = await refusal(open(folder.path, schema))
      assert.match(message, what)
      assert.match(message, /which Lading never makes/)
    }
    const after = new DatabaseSync(join(folder.path, 'lading.db'))
    assert.deepEqual({ ...after.prepare('SELECT version FROM _schema').get() }, { version: 1 })
    assert.equal(after.prepare('SELECT count(*) AS n FROM things').get()?.['n'], 2)
    after.close()
  }
})

test('what a database says of itself is not trusted by any connection', async () => {
  await using folder = await temporaryFolder()
  await filledAtFirst(folder.path)
  const file = join(folder.path, 'lading.db')
  for (const opened of [openForWriting(file), openForReading(file)]) {
    assert.deepEqual({ ...opened.prepare('PRAGMA trusted_schema').get() }, { trusted_schema: 0 })
    assert.deepEqual({ ...opened.prepare('PRAGMA foreign_keys').get() }, { foreign_keys: 0 })
    opened.close()
  }
})

test('tables that are not those declared are refused, each difference named', async () => {
  await using folder = await temporaryFolder()
  await filledAtFirst(folder.path)
  const db = new DatabaseSync(join(folder.path, 'lading.db'))
  db.exec(
    'DROP INDEX things__byId; CREATE TABLE stray (a TEXT); DROP TABLE leftovers; ALTER TABLE notes ADD COLUMN more INT',
  )
  db.close()
  const message = await refusal(open(folder.path, firstSchema))
  for (const part of [
    'version 1',
    'table things lacks index things__byId (id, space)',
    'table leftovers is missing',
    'table stray is not declared',
    'table notes has column more (INT or null), which is not declared',
  ]) {
    assert.ok(message.includes(part), `${part}: ${message}`)
  }
})
