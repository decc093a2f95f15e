import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { storeContract } from '../../../src/ports/store/suite.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { mongodbHarness } from './mongodb-harness.ts'

const { LADING_TEST_MONGODB_URL: given = '' } = process.env

const needsTransactions = 'the stand-in for MongoDB has no transactions: a reader may see half of a batch'
/** What only transactions can make true. LADING_TEST_MONGODB_URL names a replica set on which these run too. */
const skipped: Readonly<Record<string, string>> = {}
/** Fewer than these would mean that cases have gone, or are skipped, unseen. */
const leastCases = 0

describe('the MongoDB engine, batches one after the other on a stand-in', {
  skip: mongodbStandInSkip,
}, () => {
  let server: MongodbStandIn
  let run = 0
  before(async () => {
    server = await startMongodbStandIn()
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
  })
  const cases = storeContract(mongodbHarness(() => server.url, 'in turns'))
  for (const { name, run: check } of cases)
    test(name, { skip: skipped[name] ?? false }, async () => {
      await check()
      run++
    })
  test('no case was lost', (t) => {
    t.diagnostic(`${run} cases run, ${Object.keys(skipped).length} skipped`)
    const names = cases.map(({ name }) => name)
    for (const name of Object.keys(skipped)) assert.ok(names.includes(name), `there is no case ${name}`)
    assert.equal(run, cases.length - Object.keys(skipped).length)
    assert.ok(run >= leastCases, `${run} of at least ${leastCases}`)
  })
})
