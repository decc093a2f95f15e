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

const noTransactions = 'the stand-in for MongoDB has no transactions: a reader may see half of a batch'
/** What only transactions can make true, so that it would say nothing where it passes. */
const skipped: Readonly<Record<string, string>> = {
  'moves between rows keep their sum in every page, and no reader sees half of a batch': noTransactions,
  'rows of one batch appear together: who has seen the one finds the other': noTransactions,
}
/** Fewer would mean that cases have gone, or are left out, unseen. A case that is added to the suite is added here. */
const leastRun = 84

describe('the MongoDB engine on a stand-in, its batches in turns', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  let run = 0
  before(async () => {
    server = await startMongodbStandIn()
  })
  after(() => server[Symbol.asyncDispose]())
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
    assert.ok(run >= leastRun, `${run} of at least ${leastRun}`)
  })
})

if (given === '')
  test('the MongoDB engine on a replica set, in transactions', {
    skip: 'LADING_TEST_MONGODB_URL names no replica set, and no package registry has MongoDB',
  })
else
  describe('the MongoDB engine on a replica set, in transactions', () => {
    let run = 0
    const cases = storeContract(mongodbHarness(() => given, 'own'))
    for (const { name, run: check } of cases)
      test(name, async () => {
        await check()
        run++
      })
    test('no case was lost', (t) => {
      t.diagnostic(`${run} cases run`)
      assert.equal(run, cases.length)
      assert.ok(run >= leastRun + Object.keys(skipped).length)
    })
  })
