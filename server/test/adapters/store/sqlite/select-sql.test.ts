import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { declared } from '../../../../src/adapters/store/shared/declared.ts'
import { openForWriting } from '../../../../src/adapters/store/sqlite/connection.ts'
import { migrate } from '../../../../src/adapters/store/sqlite/migrate.ts'
import { countSql, pageSql, rowSql, tailSql } from '../../../../src/adapters/store/sqlite/select-sql.ts'
import { happenings, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const { tables, logs } = declared(sampleSchema)

function plan(db: DatabaseSync, sql: string): string {
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
  return steps.map(({ detail }) => detail).join('; ')
}

test('every page, count, row and tail is read from an order that is kept, and sorted by nobody', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'lading.db')
  const db = openForWriting(file)
  migrate(db, file, sampleSchema)
  let plans = 0
  const keptOrder = (sql: string, searched: boolean): void => {
    const found = plan(db, sql)
    plans += 1
    assert.doesNotMatch(found, /TEMP B-TREE/, `${sql}: ${found}`)
    if (searched) assert.match(found, /SEARCH/, `${sql}: ${found}`)
  }
  for (const table of tables.values()) {
    for (const order of table.indexes.values()) {
      for (let eq = 0; eq <= order.length; eq++) {
        keptOrder(countSql(table, order.slice(0, eq)), eq > 0)
        for (const back of [false, true]) {
          keptOrder(pageSql(table, { order, eq, bounds: [], back }), eq > 0)
          for (let bound = 1; bound <= order.length - eq; bound++) {
            keptOrder(pageSql(table, { order, eq, bounds: [bound], back }), true)
          }
        }
      }
    }
    for (const columns of table.unique.values()) keptOrder(rowSql(table, columns), true)
    keptOrder(rowSql(table, table.key), true)
  }
  keptOrder(tailSql(logs.get(happenings.name)!), true)
  assert.ok(plans > 50)
  db.close()
})

test('the writer syncs each commit to a write-ahead log', async () => {
  await using folder = await temporaryFolder()
  const db = openForWriting(join(folder.path, 'lading.db'))
  assert.deepEqual({ ...db.prepare('PRAGMA synchronous').get() }, { synchronous: 2 })
  assert.deepEqual({ ...db.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' })
  db.close()
})
