import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Db, MongoClient } from 'mongodb'
import { collectionNames, collectionsOf } from '../../../src/adapters/store/mongodb/collections.ts'
import { inspectMongodb } from '../../../src/adapters/store/mongodb/inspect-schema.ts'
import { openMongodbDowngrade } from '../../../src/adapters/store/mongodb/migrate-down.ts'
import { usualWaits } from '../../../src/adapters/store/mongodb/options.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import type { Log, Migration, Row, Schema, Table } from '../../../src/ports/store/table.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { until } from '../../kit/until.ts'
import { openAt } from './mongodb-harness.ts'
import { inTurns } from './mongodb-turns.ts'

const options = { skip: mongodbStandInSkip }
/** Signs of life come fast, and who gives none is soon dead. */
const quick = { ...usualWaits, beat: 30, fresh: 5_000, dead: 6_000, migration: 10_000 }
let server: MongodbStandIn
let client: MongoClient

before(async () => {
  if (mongodbStandInSkip) return
  server = await startMongodbStandIn()
  client = new MongoClient(server.url)
})
after(async () => {
  await client?.close()
  await server?.[Symbol.asyncDispose]()
})

const books1: Table = {
  name: 'books',
  columns: { id: 'text', title: 'text', pages: 'integer' },
  key: ['id'],
  unique: { title: ['title'] },
  indexes: { byPages: ['pages'] },
}
const reads1: Log = { name: 'reads', columns: { id: 'text' } }
const old: Table = { name: 'old', columns: { id: 'text', gone: 'boolean' }, key: ['id'] }
const books2: Table = {
  ...books1,
  columns: { id: 'text', title: 'text', lent: 'integer', seal: 'bytes?' },
  indexes: { byLent: ['lent', 'title'] },
}
const reads2: Log = { name: 'reads', columns: { id: 'text', by: 'text' } }
const first: Migration = {
  version: 1,
  name: 'the first',
  steps: [
    { do: 'createTable', table: books1 },
    { do: 'createTable', table: old },
    { do: 'createLog', log: reads1 },
  ],
}
const second: Migration = {
  version: 2,
  name: 'the second',
  steps: [
    { do: 'addColumn', table: 'books', column: 'lent', type: 'integer', fill: 3 },
    { do: 'addColumn', table: 'books', column: 'seal', type: 'bytes?', fill: Uint8Array.of(7) },
    { do: 'addIndex', table: 'books', index: 'byLent', columns: ['lent', 'title'] },
    { do: 'dropIndex', table: 'books', index: 'byPages' },
    { do: 'dropColumn', table: 'books', column: 'pages', fill: 0 },
    { do: 'addColumn', table: 'reads', column: 'by', type: 'text', fill: 'nobody' },
    { do: 'removeRows', table: 'old', where: { gone: true } },
    { do: 'dropTable', table: 'old' },
  ],
}
const version1: Schema = { tables: [books1, old], logs: [reads1], migrations: [first] }
const version2: Schema = { tables: [books2], logs: [reads2], migrations: [first, second] }

interface Place extends AsyncDisposable {
  readonly database: string
  readonly db: Db
  open(schema: Schema, waits?: Partial<typeof quick>): Promise<Store>
}

/** A database, with whatever is opened in it closed in the end. */
function place(): Place {
  const database = `lading-${randomUUID()}`
  const db = client.db(database)
  const begin = inTurns()
  const opened: Store[] = []
  return {
    database,
    db,
    open: async (schema, waits = {}) => {
      const store = await openAt(server.url, schema, { database, begin, waits: { ...quick, ...waits } })
      opened.push(store)
      return store
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store.close()
      await db.dropDatabase()
    },
  }
}

async function done(store: Store, ...changes: Change[]): Promise<void> {
  assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), ok)
}

const book = (n: number): Row => ({ id: `b${n}`, title: `title ${9 - n}`, pages: n })

async function filled(at: Place): Promise<Store> {
  const store = await at.open(version1)
  const rows = [1, 2, 3].map((n) => insert(books1, book(n)))
  const olds = [insert(old, { id: 'o1', gone: true }), insert(old, { id: 'o2', gone: false })]
  await done(store, ...rows, ...olds, append(reads1, { id: 'b1' }))
  return store
}

async function refusal(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  return error
}

const withoutRev = ({ rev: _, ...row }: Row): Row => row

async function isAtVersion2(store: Store): Promise<void> {
  const { rows } = await store.find(books2, { index: 'byLent', eq: [3], limit: 10 })
  assert.deepEqual(
    rows.map(withoutRev),
    [3, 2, 1].map((n) => ({ id: `b${n}`, title: `title ${9 - n}`, lent: 3, seal: Uint8Array.of(7) })),
  )
  const { entries } = await store.tail(reads2, undefined, 10)
  assert.deepEqual(
    entries.map(({ row }) => row),
    [{ id: 'b1', by: 'nobody' }],
  )
}

test(
  'a later release fills new columns and orders, drops what went, and goes on with the rest',
  options,
  async () => {
    await using at = place()
    await (await filled(at)).close()
    const store = await at.open(version2)
    await isAtVersion2(store)
    await done(store, insert(books2, { id: 'b4', title: 't', lent: 3, seal: null }))
    assert.equal(await store.count(books2, { index: 'byLent', eq: [3], upTo: 10 }), 4)
    const names = (await at.db.listCollections().toArray()).map(({ name }) => name)
    assert.ok(!names.includes('old'))
    const indexes = (await at.db.collection('books').listIndexes().toArray()).map(({ name }) => name)
    assert.deepEqual(indexes.toSorted(), ['_id_', 'by_byLent', 'unique_title'])
    const [kept] = await at.db
      .collection('books')
      .find({ _id: 'b1\u0001' as never })
      .toArray()
    assert.deepEqual(Object.keys(kept ?? {}).toSorted(), ['_by', '_id', 'id', 'lent', 'rev', 'seal', 'title'])
    assert.deepEqual(Object.keys(kept?.['_by']).toSorted(), ['byLent', 'title'])
  },
)

test('a change that was cut off anywhere is carried on by the next start', options, async () => {
  for (let cut = 0; cut <= second.steps.length; cut++) {
    await using at = place()
    await (await filled(at)).close()
    // As a process leaves it that ends after so many steps.
    const half: Schema = {
      ...version1,
      migrations: [first, { ...second, steps: second.steps.slice(0, cut) }],
    }
    await at.open(half).then(
      (store) => store.close(),
      // Its tables are not those that it declares, since they are halfway.
      () => undefined,
    )
    await collectionsOf(at.db).schema.updateOne(
      { _id: 'schema' },
      { $set: { version: 1, changing: 2, announced: 'somebody' } },
    )
    const older = await refusal(at.open(version1))
    assert.match(older.message, /on its way from version 1 to 2/)
    await isAtVersion2(await at.open(version2))
  }
})

test(
  'no table changes while a process of an earlier release works, and none of it begins to meanwhile',
  options,
  async () => {
    await using at = place()
    const older = await filled(at)
    const tooSoon = await refusal(at.open(version2, { migration: 200 }))
    assert.equal(tooSoon.kind, 'transient')
    assert.match(
      tooSoon.message,
      new RegExp(`processes of another release still work.*process ${process.pid} on`),
    )
    assert.equal((await older.get(books1, ['b1']))?.['pages'], 1)
    await done(older, insert(books1, book(4)))
    const newer = at.open(version2)
    const { schema } = collectionsOf(at.db)
    await until(async () => (await schema.findOne({ _id: 'schema' }))?.announced !== undefined)
    const late = refusal(at.open(version1))
    await older.close()
    assert.equal(await (await newer).count(books2, { index: 'byLent', eq: [3], upTo: 10 }), 4)
    const upTo1 = 'and this release of Lading knows versions up to 1'
    assert.match(
      (await late).message,
      // While the tables change, or once they have changed: whichever it comes upon.
      new RegExp(`is at schema version 2, (or on its way from version 1 to 2, )?${upTo1}`),
    )
    assert.match((await refusal(at.open(version1))).message, new RegExp(`is at schema version 2, ${upTo1}`))
  },
)

test(
  'a process that gives no sign of life is not waited for, and works no more once it wakes',
  options,
  async () => {
    await using at = place()
    await (await at.open(version1)).close()
    // It gives its next sign of life only when it is too late.
    const asleep = await at.open(version1, { beat: 3_000, fresh: 1_000, dead: 1_500 })
    const newer = await at.open(version2, { dead: 1_500 })
    assert.ok(['transient', 'permanent'].includes((await refusal(asleep.get(books1, ['b1']))).kind))
    await until(async () => (await refusal(asleep.get(books1, ['b1']))).kind === 'permanent')
    const told = await refusal(asleep.commit(newBatchId(Date.now(), chance), [insert(books1, book(1))]))
    assert.match(told.message, /the tables have left version 1/)
    assert.equal(await newer.count(books2, { index: 'key', upTo: 10 }), 0)
  },
)

test('a process that was taken for dead works again where the tables are the same', options, async () => {
  await using at = place()
  const store = await at.open(version1)
  await collectionsOf(at.db).processes.deleteMany({})
  await until(async () => (await collectionsOf(at.db).processes.countDocuments()) === 1)
  await until(() =>
    store.get(books1, ['b1']).then(
      () => true,
      () => false,
    ),
  )
  await store.close()
  assert.equal(await collectionsOf(at.db).processes.countDocuments(), 0)
})

test(
  'of many that start on an empty database at once, one makes the tables, and all work',
  options,
  async () => {
    await using at = place()
    const stores = await Promise.all(Array.from({ length: 6 }, () => at.open(version2)))
    for (const [n, store] of stores.entries())
      await done(store, insert(books2, { id: `b${n}`, title: `${n}`, lent: n, seal: null }))
    assert.equal(await stores[0]?.count(books2, { index: 'byLent', upTo: 10 }), 6)
    assert.equal(await collectionsOf(at.db).schema.countDocuments(), 1)
  },
)

test(
  'the lock of a process that is gone is taken over, one of a living process is waited for',
  options,
  async () => {
    await using at = place()
    const { processes } = collectionsOf(at.db)
    const lock = { _id: 'lock', version: 0, who: 'x process 1 on elsewhere', beats: 1 }
    await processes.insertOne({ ...lock, beat: new Date(Date.now() - 60_000) })
    await (await at.open(version1)).close()
    await processes.insertOne({ ...lock, beat: new Date(Date.now() + 60_000) })
    const error = await refusal(at.open(version2, { migration: 200 }))
    assert.equal(error.kind, 'transient')
    assert.match(error.message, /process 1 on elsewhere changes the tables/)
  },
)

test(
  'a database that is newer, spoilt, or of somebody else is refused and not changed',
  options,
  async () => {
    await using at = place()
    await (await at.open(version2)).close()
    const newer = await refusal(at.open(version1))
    assert.equal(newer.kind, 'permanent')
    assert.match(newer.message, /lading migrate down --to 1/)
    await at.db.collection('books').dropIndex('by_byLent')
    await at.db.collection('books').createIndex({ lent: 1 }, { unique: true, name: 'mine' })
    const spoilt = await refusal(at.open(version2))
    assert.match(spoilt.message, /books lacks the index by_byLent; books has the index unique mine/)
    await using other = place()
    await other.db.collection('books').insertOne({ title: 'of another program' })
    const foreign = await refusal(other.open(version1))
    assert.match(foreign.message, /has collections that Lading did not make and needs the names of: books/)
    assert.equal(await other.db.collection('books').countDocuments(), 1)
  },
)

test(
  'an earlier version is gone back to: what is lost is told before, and kept beside',
  options,
  async () => {
    await using at = place()
    await (await filled(at)).close()
    const store = await at.open(version2)
    await done(store, insert(books2, { id: 'b4', title: 't', lent: 9, seal: null }))
    await store.close()
    const reach = { url: server.url, database: at.database, waits: quick }
    {
      await using down = await openMongodbDowngrade(reach, version2)
      assert.equal(down.version, 2)
      assert.deepEqual(await down.plan(1), {
        from: 2,
        to: 1,
        migrations: [{ version: 2, name: 'the second' }],
        losses: [
          { table: 'reads', column: 'by', rows: 0 },
          { table: 'books', column: 'seal', rows: 1 },
          { table: 'books', column: 'lent', rows: 1 },
        ],
      })
      for (const to of [0, 2, 3]) assert.equal((await refusal(down.plan(to))).kind, 'permanent')
      assert.equal(await down.run(1), `${at.database}.lading_before_down_from_2_*`)
    }
    const kept = await at.db.collection('lading_before_down_from_2_books').find({ lent: 9 }).toArray()
    assert.deepEqual(
      kept.map(({ id }) => id),
      ['b4'],
    )
    const back = await at.open(version1)
    const { rows } = await back.find(books1, { index: 'byPages', limit: 10 })
    assert.deepEqual(
      rows.map(withoutRev),
      [1, 2, 3, 4].map((n) => ({ ...book(n), ...(n === 4 && { title: 't' }), pages: 0 })),
    )
    assert.deepEqual(
      (await back.tail(reads1, undefined, 10)).entries.map(({ row }) => row),
      [{ id: 'b1' }],
    )
    await done(back, insert(old, { id: 'o3', gone: false }))
    await back.close()
    const again = await at.open(version2)
    assert.equal(await again.count(books2, { index: 'byLent', eq: [3], upTo: 10 }), 4)
  },
)

test(
  'the way back waits for all who work, and one that was cut off is gone on with, either way',
  options,
  async () => {
    await using at = place()
    const store = await at.open(version2)
    const reach = { url: server.url, database: at.database, waits: { ...quick, migration: 200 } }
    {
      await using down = await openMongodbDowngrade(reach, version2)
      const error = await refusal(down.run(1))
      assert.match(error.message, /processes of another release still work/)
    }
    await done(store, insert(books2, { id: 'b1', title: 't', lent: 3, seal: null }))
    await store.close()
    const half = (): Promise<unknown> =>
      collectionsOf(at.db).schema.updateOne(
        { _id: 'schema' },
        { $set: { version: 2, changing: 1, announced: 'somebody' } },
      )
    await at.db.createCollection('old')
    await half()
    {
      await using down = await openMongodbDowngrade(reach, version2)
      await down.run(1)
    }
    const back = await at.open(version1)
    assert.equal((await back.get(books1, ['b1']))?.['pages'], 0)
    await back.close()
    await (await at.open(version2)).close()
    await at.db.createCollection('old')
    await half()
    const forth = await at.open(version2)
    assert.equal((await forth.get(books2, ['b1']))?.['lent'], 3)
    assert.ok(!(await collectionNames(at.db)).has('old'))
  },
)

test('inspection says version and differences, and changes nothing', options, async () => {
  await using at = place()
  const reach = { url: server.url, database: at.database }
  assert.deepEqual(await inspectMongodb(reach, version2), { version: 0, differences: [] })
  assert.deepEqual(await at.db.listCollections().toArray(), [])
  await (await at.open(version2)).close()
  assert.deepEqual(await inspectMongodb(reach, version2), { version: 2, differences: [] })
  assert.deepEqual(await inspectMongodb(reach, version1), { version: 2, differences: undefined })
  await at.db.dropCollection('reads')
  assert.deepEqual(await inspectMongodb(reach, version2), { version: 2, differences: ['reads is missing'] })
})

test(
  'names of the engine and migrations with a gap are refused before anything is made',
  options,
  async () => {
    await using at = place()
    const own: Table = { name: 'lading_batches', columns: { id: 'text' }, key: ['id'] }
    const named: Schema = {
      tables: [own],
      logs: [],
      migrations: [{ version: 1, name: 'x', steps: [{ do: 'createTable', table: own }] }],
    }
    const gap: Schema = { ...version1, migrations: [{ ...first, version: 2 }] }
    for (const schema of [named, gap]) assert.equal((await refusal(at.open(schema))).kind, 'permanent')
    assert.deepEqual(await at.db.listCollections().toArray(), [])
  },
)
