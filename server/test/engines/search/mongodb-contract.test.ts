import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { searchContract } from '../../../src/ports/search/suite.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { mongodbSearchHarness } from './mongodb-harness.ts'

const { LADING_TEST_MONGODB_URL: given = '' } = process.env

/** Nothing is left out: the engine wants no transactions, so that on a stand-in it is as it is on a replica set. */
describe('search in MongoDB, on a stand-in', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  let run = 0
  before(async () => {
    server = await startMongodbStandIn()
  })
  after(() => server[Symbol.asyncDispose]())
  const cases = searchContract(mongodbSearchHarness(() => server.url))
  for (const { name, run: check } of cases)
    test(name, async () => {
      await check()
      run++
    })
  test('no case was lost', (t) => {
    t.diagnostic(`${run} cases run`)
    assert.equal(run, cases.length)
  })
})

describe('search in MongoDB, on a replica set', {
  skip: given === '' && 'LADING_TEST_MONGODB_URL names no replica set, and no package registry has MongoDB',
}, () => {
  for (const { name, run } of searchContract(mongodbSearchHarness(() => given))) test(name, run)
})
