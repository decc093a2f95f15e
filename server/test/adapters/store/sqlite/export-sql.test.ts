import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { schemaAt } from '../../../../src/adapters/store/shared/standing.ts'
import { exportSql } from '../../../../src/adapters/store/sqlite/export-sql.ts'
import { inspectSchema } from '../../../../src/adapters/store/sqlite/inspect-schema.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../../src/boot/schema.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const newest = schema.migrations.length

function run(folder: string, sql: string): void {
  using db = new DatabaseSync(join(folder, 'lading.db'))
  db.exec(sql)
}

function made(folder: string): unknown[] {
  using db = new DatabaseSync(join(folder, 'lading.db'), { readOnly: true })
  return db
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name')
    .all()
    .map((row) => ({ ...row }))
}

const viewsIn = (folder: string): number =>
  made(folder).filter((each) => (each as { type: string }).type === 'view').length

describe('exported SQL', () => {
  test('makes of an empty database what a server makes, to the letter', async () => {
    await using folder = await temporaryFolder()
    await using served = await temporaryFolder()
    run(folder.path, exportSql(schema, 0, newest))
    await (await openSqliteStore({ folder: served.path }, schema)).close()
    assert.deepEqual(made(folder.path), made(served.path))
    assert.deepEqual(inspectSchema(folder.path, schema), { version: newest, differences: [] })
    const store = await openSqliteStore({ folder: folder.path }, schema)
    assert.deepEqual((await store.tail(schema.logs[0]!, undefined, 1)).entries, [])
    await store.close()
  })

  test('between any two versions leads from the one to the other', async () => {
    for (let from = 0; from <= newest; from++) {
      for (let to = 0; to <= newest; to++) {
        if (from === to) continue
        await using folder = await temporaryFolder()
        if (from > 0) run(folder.path, exportSql(schema, 0, from))
        run(folder.path, exportSql(schema, from, to))
        if (to === 0) assert.deepEqual(made(folder.path), [])
        else assert.deepEqual(inspectSchema(folder.path, schema), { version: to, differences: [] })
        assert.equal(viewsIn(folder.path), to === newest ? (schema.views?.length ?? 0) : 0)
      }
    }
  })

  test('is numbered and says what each statement is for, and how it is taken back', () => {
    const sql = exportSql(schema, 0, newest)
    for (const { version, name } of schema.migrations) {
      const number = String(version).padStart(4, '0')
      assert.ok(sql.includes(`-- ${number} up: ${name}\nBEGIN IMMEDIATE;`), number)
      assert.ok(sql.includes(`-- ${number} down, to be had by --from ${version} --to ${version - 1}:\n--   `))
    }
    for (const line of [
      '-- Table repositories\nCREATE TABLE "repositories" (\n  "id" TEXT NOT NULL,',
      '-- Log audit: entries are only added\nCREATE TABLE "audit" (',
      '-- Column blobs.damagedAt; rows that are there get 0\nALTER TABLE "blobs" ADD COLUMN "damagedAt" INTEGER NOT NULL',
      '-- Order byDamage of blobs\nCREATE INDEX "blobs__byDamage" ON "blobs" ("damagedAt", "digest");',
      '--   ALTER TABLE "blobs" DROP COLUMN "damagedAt";',
      'UPDATE "_schema" SET version = 2;\nCOMMIT;',
    ]) {
      assert.ok(sql.includes(line), line)
    }
    const back = exportSql(schema, 2, 1)
    assert.ok(back.includes('-- 0002 down: usage, pulls, holds and damage\nBEGIN IMMEDIATE;'))
    assert.ok(back.includes('-- Table pulls goes, with its rows\nDROP TABLE "pulls";'))
    assert.ok(!back.includes('_group'))
  })

  test('of a version that is not there is refused', () => {
    for (const [from, to] of [
      [0, newest + 1],
      [-1, 1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      assert.throws(() => exportSql(schema, from, to), { message: /there is no version .* to \d+$/ })
    }
    assert.throws(() => exportSql(schema, 1, 1), {
      message: /no migration lies between version 1 and itself/,
    })
  })
})

test('a look at the tables names what is not as a release has left it, and changes nothing', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'lading.db')
  run(folder.path, exportSql(schema, 0, 1))
  const before = await readFile(file)
  assert.deepEqual(inspectSchema(folder.path, schema), { version: 1, differences: [] })
  assert.deepEqual(await readFile(file), before)
  run(
    folder.path,
    'DROP INDEX blobs__byRefs; CREATE VIEW mine AS SELECT * FROM blobs; CREATE TABLE stray (a)',
  )
  assert.deepEqual(inspectSchema(folder.path, schema), {
    version: 1,
    differences: [
      'table blobs lacks index blobs__byRefs (refs, digest)',
      'table stray is not declared',
      'view "mine" is not of Lading\'s making',
    ],
  })
  run(folder.path, 'UPDATE _schema SET version = 2')
  assert.deepEqual(inspectSchema(folder.path, schemaAt(schema, 1)), { version: 2, differences: undefined })
})
