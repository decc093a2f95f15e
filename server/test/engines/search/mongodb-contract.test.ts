import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { searchContract } from '../../../src/ports/search/suite.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { type SessionProxy, startSessionProxy } from '../store/mongodb-sessions.ts'
import { mongodbSearchHarness } from './mongodb-harness.ts'

const { LADING_TEST_MONGODB_URL: given = '' } = process.env

/**
 * Nothing is left out: the engine wants no transactions, so that on a stand-in it does what it does on a replica set, which is
 * what the stand-in is made to look like.
 */
describe('search in MongoDB, on a stand-in', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  let proxy: SessionProxy
  let run = 0
  before(async () => {
    server = await startMongodbStandIn()
    proxy = await startSessionProxy(server.port)
  })
  after(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })
  const cases = searchContract(mongodbSearchHarness(() => proxy.url))
  for (const { name, run: check } of cases)
    test(name, async () => {
      await check()
      run++
    })
  test('no case was lost, and what most servers have is what is read and written', (t) => {
    t.diagnostic(`${run} cases run`)
    assert.equal(run, cases.length)
    assert.deepEqual(proxy.breaches, [])
    assert.equal(proxy.counts.begun, 0)
  })
})

describe('search in MongoDB, on a replica set', {
  skip: given === '' && 'LADING_TEST_MONGODB_URL names no replica set, and no package registry has MongoDB',
}, () => {
  for (const { name, run } of searchContract(mongodbSearchHarness(() => given))) test(name, run)
})
