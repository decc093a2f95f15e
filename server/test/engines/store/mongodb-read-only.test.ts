import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { MongoClient } from 'mongodb'
import { readMongodb, tryMongodb } from '../../../src/adapters/store/mongodb/read-only.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import { mongodbStandInSkip, startMongodbStandIn } from '../../kit/servers/mongodb-stand-in.ts'
import { openAt } from './mongodb-harness.ts'
import { inTurns } from './mongodb-turns.ts'

const options = { skip: mongodbStandInSkip }

async function everything(url: string, database: string): Promise<unknown> {
  const client = new MongoClient(url)
  try {
    const collections = await client.db(database).collections()
    const found = await Promise.all(
      collections.map(async (each) => [each.collectionName, await each.find().sort({ _id: 1 }).toArray()]),
    )
    return found.sort()
  } finally {
    await client.close()
  }
}

test('records are read without a trace of who reads', options, async () => {
  await using server = await startMongodbStandIn()
  const database = `lading-${randomUUID()}`
  const store = await openAt(server.url, sampleSchema, { database, begin: inTurns() })
  const written = await store.commit(newBatchId(Date.now(), chance), [insert(counters, counter('one', 3))])
  assert.ok(written.ok)
  await store.close()
  const before = await everything(server.url, database)
  {
    await using opened = await readMongodb({ url: server.url, database }, sampleSchema)
    assert.equal((await opened.reads.get(counters, ['one']))?.n, 3)
    assert.equal(await opened.reads.get(counters, ['two']), undefined)
    assert.deepEqual(await everything(server.url, database), before)
  }
  assert.deepEqual(await everything(server.url, database), before)
})

test('a server that a start would refuse is refused, and nothing is made there', options, async () => {
  await using server = await startMongodbStandIn()
  const database = `lading-${randomUUID()}`
  await assert.rejects(
    tryMongodb({ url: server.url, database }),
    (error) => error instanceof StoreError && /no replica set/.test(error.message),
  )
  assert.deepEqual(await everything(server.url, database), [])
})
