import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { declared } from '../../../../src/adapters/store/shared/declared.ts'
import { standingAt } from '../../../../src/adapters/store/shared/standing.ts'
import { openSqliteBulkLoad } from '../../../../src/adapters/store/sqlite/bulk-load.ts'
import { BulkStore } from '../../../../src/adapters/store/sqlite/bulk-store.ts'
import { migrationSql } from '../../../../src/adapters/store/sqlite/migration-sql.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch, put } from '../../../../src/ports/store/change.ts'
import type { BatchId } from '../../../../src/ports/store/store.ts'
import { chance, ok, type StoreHarness } from '../../../../src/ports/store/suite/harness.ts'
import {
  bare,
  counter,
  counters,
  happening,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../../src/ports/store/suite/sample.ts'
import { storeContract } from '../../../../src/ports/store/suite.ts'
import { looksWhole, numbers } from './loaded-folder.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const harness: StoreHarness = {
  can: { durable: false, shared: false, snapshot: false },
  now: Date.now,
  async start(schema) {
    const folder = await temporaryFolder()
    const load = await openSqliteBulkLoad({ folder: folder.path }, schema)
    return {
      store: load.store,
      reopen: () => assert.fail('nothing of it is there before it has ended'),
      [Symbol.asyncDispose]: async () => {
        await load[Symbol.asyncDispose]()
        await folder[Symbol.asyncDispose]()
      },
    }
  },
}

describe('the store of a bulk load', () => {
  for (const { name, run } of storeContract(harness)) test(name, run)
})

const id = (): BatchId => newBatchId(Date.now(), chance)

test('what was loaded is there once it has ended, beside what was there before, in every order', async () => {
  await using folder = await temporaryFolder()
  const before = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.deepEqual(await before.commit(id(), [insert(items, item(1)), insert(counters, counter('a'))]), ok)
  await before.close()

  await using load = await openSqliteBulkLoad({ folder: folder.path }, sampleSchema)
  assert.equal((await load.store.get(items, ['here', 'item-1']))?.serial, 1)
  const added = [insert(items, item(2, { size: 3 })), patch(counters, ['a'], { add: { n: 2 } })]
  assert.deepEqual(await load.store.commit(id(), added), ok)
  const taken = await load.store.commit(id(), [insert(items, item(3, { serial: 1 }))])
  assert.deepEqual(taken, { ok: false, change: 0, why: 'exists', uniqueKey: 'serial' })
  await load.finish()
  await assert.rejects(load.store.get(items, ['here', 'item-1']), { message: 'the store is closed' })
  looksWhole(folder.path)

  const after = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const found = await after.find(items, { index: 'bySize', eq: ['here'], limit: 10 })
  assert.deepEqual(
    found.rows.map(({ name }) => name),
    ['item-2', 'item-1'],
  )
  assert.equal((await after.get(counters, ['a']))?.n, 2)
  assert.deepEqual(await after.commit(id(), [insert(items, item(3))]), ok)
  await after.close()
})

test('rows in no batch are checked as others are, and found as others are', async () => {
  await using folder = await temporaryFolder()
  await using load = await openSqliteBulkLoad({ folder: folder.path }, sampleSchema)
  load.insert(items, item(1))
  load.append(happenings, happening('a', 1))
  const taken = { kind: 'permanent' }
  assert.throws(() => load.insert(items, item(1, { label: 'other', serial: 7 })), taken)
  assert.throws(() => load.insert(items, item(2, { serial: 1 })), taken)
  assert.throws(() => load.insert(items, item(2, { label: 'a\0' })), {
    message: 'items.label: text may not hold NUL',
  })
  assert.throws(() => load.insert(counters, { id: 'a', n: 1 } as never), {
    message: 'counters.share is not given',
  })
  const strange = { ...counter('a'), more: 1 }
  assert.throws(() => load.insert(counters, strange), { message: 'counters has no column "more"' })
  load.insert(counters, counter('a'))
  assert.deepEqual(await load.store.commit(id(), [patch(counters, ['a'], { add: { n: 2 } })]), ok)
  await load.finish()

  const after = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.deepEqual(await numbers(after), { items: 1, happenings: 1 })
  const row = await after.get(items, ['here', 'item-1'])
  assert.deepEqual(bare(row), item(1))
  const changed = put(items, item(1, { size: 4 }), row!.rev)
  assert.deepEqual(await after.commit(id(), [changed]), ok)
  assert.equal((await after.get(counters, ['a']))?.n, 2)
  await after.close()
})

test('what was not ended leaves everything as it was', async () => {
  await using folder = await temporaryFolder()
  const before = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.deepEqual(await before.commit(id(), [insert(items, item(1))]), ok)
  await before.close()
  {
    await using load = await openSqliteBulkLoad({ folder: folder.path }, sampleSchema)
    assert.deepEqual(await load.store.commit(id(), [insert(items, item(2))]), ok)
  }
  looksWhole(folder.path)
  const after = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.deepEqual(await numbers(after), { items: 1, happenings: 0 })
  await after.close()
})

test('a folder that somebody has open is not loaded into, nor opened while it is', async () => {
  await using folder = await temporaryFolder()
  const inUse = { kind: 'permanent', message: /in use/ }
  const store = await openSqliteStore({ folder: folder.path }, sampleSchema)
  await assert.rejects(openSqliteBulkLoad({ folder: folder.path }, sampleSchema), inUse)
  await store.close()
  const load = await openSqliteBulkLoad({ folder: folder.path }, sampleSchema)
  await assert.rejects(openSqliteStore({ folder: folder.path }, sampleSchema), inUse)
  await load[Symbol.asyncDispose]()
  await (await openSqliteStore({ folder: folder.path }, sampleSchema)).close()
})

test('an error that costs the transaction costs all of it: nothing after it is kept alone', async () => {
  const db = new DatabaseSync(':memory:')
  for (const { steps } of sampleSchema.migrations) {
    for (const { statements } of migrationSql(standingAt(sampleSchema, 0), steps))
      db.exec(statements.join(';'))
  }
  // As SQLite itself does where the disk is full in the wrong moment.
  db.exec(`CREATE TRIGGER full BEFORE INSERT ON counters WHEN NEW.id = 'last' BEGIN
    SELECT RAISE(ROLLBACK, 'the disk is full'); END; BEGIN`)
  const bulk = new BulkStore(db, declared(sampleSchema), Date.now)
  assert.deepEqual(await bulk.commit(id(), [insert(counters, counter('first'))]), ok)
  const lost = /the disk is full/
  await assert.rejects(bulk.commit(id(), [insert(counters, counter('last'))]), lost)
  assert.throws(() => bulk.requireWhole(), lost)
  await assert.rejects(bulk.commit(id(), [insert(counters, counter('after'))]), lost)
  await assert.rejects(bulk.get(counters, ['first']), lost)
  assert.deepEqual(db.prepare('SELECT count(*) AS n FROM counters').get()?.['n'], 0)
  db.close()
})
