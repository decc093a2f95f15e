import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { storeContract } from '../../../src/ports/store/suite.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { mongodbHarness } from './mongodb-harness.ts'
import { type SessionProxy, startSessionProxy } from './mongodb-sessions.ts'

/** A reader may see half of a batch, and a follower hears of one before its end, since there are no transactions behind. */
const leftOut = [
  'whoever follows hears of every row that another process changed: by its key, its unique keys, its table',
  'moves between rows keep their sum in every page, and no reader sees half of a batch',
  'rows of one batch appear together: who has seen the one finds the other',
]

// What is opened is what users open: the driver's own sessions and transactions, as far as what they send.
describe('the MongoDB engine in sessions that end in nothing', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  let proxy: SessionProxy
  before(async () => {
    server = await startMongodbStandIn()
    proxy = await startSessionProxy(server.port)
  })
  after(async () => {
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const all = storeContract(mongodbHarness(() => proxy.url, 'own'))
  const cases = all.filter((one) => !leftOut.includes(one.name))
  for (const { name, run } of cases) test(name, run)

  test('every batch was a transaction, and everything that was asked keeps the rules', (t) => {
    assert.equal(cases.length, all.length - leftOut.length)
    const { begun, committed, aborted } = proxy.counts
    t.diagnostic(`${begun} transactions, ${committed} committed, ${aborted} taken back`)
    assert.deepEqual(proxy.breaches, [])
    assert.ok(committed > 800, `${committed}`)
    assert.equal(begun, committed + aborted)
  })
})
