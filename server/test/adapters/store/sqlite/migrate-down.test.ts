import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  afterStep,
  inversesOf,
  type Standing,
  schemaAt,
} from '../../../../src/adapters/store/shared/standing.ts'
import { openForWriting } from '../../../../src/adapters/store/sqlite/connection.ts'
import { migrate } from '../../../../src/adapters/store/sqlite/migrate.ts'
import { openSqliteDowngrade } from '../../../../src/adapters/store/sqlite/migrate-down.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../../src/boot/schema.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../../src/ports/store/change.ts'
import { chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import type { Log, Migration, MigrationStep, Row, Schema, Table } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const fixtures = join(import.meta.dirname, '../../../fixtures')
const newest = schema.migrations.length

/** All that a database holds: what it is made of, and every row of every table. */
function everything(file: string): { readonly made: unknown[]; readonly rows: Record<string, unknown[]> } {
  using db = new DatabaseSync(file, { readOnly: true })
  const all = (sql: string): Record<string, unknown>[] =>
    db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  const made = all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name')
  const names = made.filter(({ type }) => type === 'table').map(({ name }) => String(name))
  return {
    made,
    rows: Object.fromEntries(names.map((name) => [name, all(`SELECT * FROM "${name}" ORDER BY 1`)])),
  }
}

async function upTo(folder: string, to: Schema): Promise<void> {
  await (await openSqliteStore({ folder }, to)).close()
}

/** What an opened store does first, without its threads. */
function migrateIn(folder: string, to: Schema): void {
  const file = join(folder, 'lading.db')
  const db = openForWriting(file)
  try {
    migrate(db, file, to)
  } finally {
    db.close()
  }
}

describe('the way back', () => {
  for (const [release, version] of [
    ['0.1.0', 1],
    ['0.2.0', 2],
  ] as const) {
    test(`leads a folder of ${release} to exactly what it was, and forward again`, async () => {
      await using folder = await temporaryFolder()
      execFileSync('tar', ['-C', folder.path, '-xzf', join(fixtures, `data-${release}.tar.gz`)])
      const data = join(folder.path, 'data')
      const file = join(data, 'lading.db')
      const before = everything(file)
      await upTo(data, schema)
      const upgraded = everything(file)
      assert.notDeepEqual(upgraded.made, before.made)
      {
        await using way = openSqliteDowngrade(data, schema)
        assert.equal(way.version, newest)
        assert.equal(await way.run(version), join(data, `lading-before-down-from-version-${newest}.db`))
      }
      assert.deepEqual(everything(file), before)
      const copy = everything(join(data, `lading-before-down-from-version-${newest}.db`))
      assert.deepEqual(copy, upgraded)
      // A release that knows no more.
      await upTo(data, schemaAt(schema, version))
      await upTo(data, schema)
      assert.deepEqual(everything(file), upgraded)
    })
  }

  test('from every version leads to every earlier one', async () => {
    for (let from = 2; from <= newest; from++) {
      for (let to = 1; to < from; to++) {
        await using folder = await temporaryFolder()
        await upTo(folder.path, schemaAt(schema, from))
        {
          await using way = openSqliteDowngrade(folder.path, schema)
          await way.run(to)
        }
        await using fresh = await temporaryFolder()
        await upTo(fresh.path, schemaAt(schema, to))
        const made = (path: string): unknown[] => everything(join(path, 'lading.db')).made
        // Columns that were added later stand at the end of a table; these went again.
        assert.deepEqual(made(folder.path), made(fresh.path), `from ${from} to ${to}`)
      }
    }
  })

  test('through any steps leads to what stood before them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), async (choices) => {
        const [first, second] = chosenMigrations(choices)
        const before = schemaOf([first])
        const after = schemaOf([first, second])
        await using folder = await temporaryFolder()
        migrateIn(folder.path, before)
        migrateIn(folder.path, after)
        {
          await using way = openSqliteDowngrade(folder.path, after)
          // Before it commits, it holds what is there against what the first migration made.
          await way.run(1)
        }
        migrateIn(folder.path, before)
        migrateIn(folder.path, after)
      }),
      { numRuns: 40 },
    )
  })

  test('forgets, coming back, what an earlier stay has noted in an older table', async () => {
    await using folder = await temporaryFolder()
    const noted = schemaOf([
      ...grown.migrations.slice(0, 1),
      {
        version: 2,
        name: 'notes',
        steps: [
          { do: 'createTable', table: extras },
          { do: 'removeRows', table: 'things', where: { id: "it's noted" } },
        ],
      },
    ])
    const ids = (): unknown[] =>
      everything(join(folder.path, 'lading.db')).rows['things']!.map((row) => (row as Row)['id'])
    const store = await openSqliteStore({ folder: folder.path }, noted)
    const rows = ['a', "it's noted"].map((id) => insert(things, { id }))
    assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), rows), ok)
    await store.close()
    await upTo(folder.path, noted)
    {
      await using way = openSqliteDowngrade(folder.path, noted)
      assert.deepEqual((await way.plan(1)).losses, [{ table: 'extras', rows: 0 }])
      await way.run(1)
    }
    assert.deepEqual(ids(), ['a', "it's noted"])
    await upTo(folder.path, noted)
    assert.deepEqual(ids(), ['a'])
  })

  test('says which rows would go, and changes nothing before it is told to', async () => {
    await using folder = await temporaryFolder()
    await filled(folder.path)
    const file = join(folder.path, 'lading.db')
    const before = everything(file)
    await using way = openSqliteDowngrade(folder.path, grown)
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
      await assert.rejects(way.plan(to), { message: `from version 3 there is no way back to version ${to}` })
      await assert.rejects(way.run(to), { message: `from version 3 there is no way back to version ${to}` })
    }
    assert.deepEqual(everything(file), before)
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('lading-before-down')),
      [],
    )
  })

  test('is refused where somebody else has changed the tables, or is at work on them', async () => {
    await using folder = await temporaryFolder()
    await filled(folder.path)
    {
      const store = await openSqliteStore({ folder: folder.path }, grown)
      assert.throws(() => openSqliteDowngrade(folder.path, grown), { message: /in use by another running/ })
      await store.close()
    }
    assert.throws(() => openSqliteDowngrade(folder.path, schemaOf(grown.migrations.slice(0, 2))), {
      message: /is at schema version 3, .* knows versions up to 2/,
    })
    {
      using db = new DatabaseSync(join(folder.path, 'lading.db'))
      db.exec('ALTER TABLE things ADD COLUMN more TEXT')
    }
    assert.throws(() => openSqliteDowngrade(folder.path, grown), {
      message: /does not hold the tables of version 3: table things has column more/,
    })
  })

  test('that fails leaves everything as it was', async () => {
    await using folder = await temporaryFolder()
    await filled(folder.path)
    const file = join(folder.path, 'lading.db')
    const before = everything(file)
    {
      await using way = openSqliteDowngrade(folder.path, grown)
      // Another connection, as no other process could have.
      using other = new DatabaseSync(file)
      other.exec('CREATE TABLE stray (a TEXT)')
      await assert.rejects(way.run(1), {
        message: /does not hold the tables of version 1: table stray is not declared/,
      })
      other.exec('DROP TABLE stray')
    }
    assert.deepEqual(everything(file), before)
    await upTo(folder.path, grown)
  })
})

const things: Table = { name: 'things', columns: { id: 'text' }, key: ['id'] }
const extras: Table = { name: 'extras', columns: { id: 'text' }, key: ['id'] }
const notes: Log = { name: 'notes', columns: { text: 'text' } }
const grown: Schema = schemaOf([
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
])

/** The schema that declares what these migrations make. */
function schemaOf(migrations: readonly Migration[]): Schema {
  return schemaAt({ tables: [], logs: [], migrations }, migrations.length)
}

async function filled(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder }, grown)
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
    ['text', "it's"],
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
    for (const [type, fill] of types) {
      candidates.push({ do: 'addColumn', table: name, column: fresh, type, fill })
    }
    const { columns } = each.is === 'table' ? each.table : each.log
    if (Object.keys(columns).length > 1) {
      for (const [column, type] of Object.entries(columns)) {
        const fill = types.find(([known]) => known === type)?.[1] ?? null
        candidates.push({ do: 'dropColumn', table: name, column, fill })
      }
    }
    if (each.is === 'log') continue
    for (const column of Object.keys(columns)) {
      if (columns[column] === 'text?') continue
      candidates.push({ do: 'addIndex', table: name, index: fresh, columns: [column] })
    }
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
