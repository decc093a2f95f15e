import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { usualWaits } from '../../../src/adapters/store/mongodb/options.ts'
import type { BeginTransaction } from '../../../src/adapters/store/mongodb/transactions.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import { rowHash } from '../../../src/ports/store/row-hash.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { chance, ok } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type FaultProxies,
  type FaultProxy,
  faultProxyTool,
  startFaultProxies,
} from '../../kit/servers/fault-proxy.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { until } from '../../kit/until.ts'
import { openAt } from './mongodb-harness.ts'
import { inTurns } from './mongodb-turns.ts'

const options = { skip: mongodbStandInSkip || faultProxyTool.skip }
const waits = {
  ...usualWaits,
  connect: 500,
  operation: 400,
  pool: 500,
  commit: 500,
  beat: 50,
  fresh: 60_000,
  follow: 50,
  silence: 700,
}
let server: MongodbStandIn
let proxies: FaultProxies

before(async () => {
  if (options.skip) return
  server = await startMongodbStandIn()
  proxies = await startFaultProxies()
})
after(async () => {
  await proxies?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

interface Wire extends AsyncDisposable {
  readonly proxy: FaultProxy
  /** Reaches the server through the proxy. */
  readonly store: Store
  /** Reaches it at all times. */
  readonly beside: Store
}

async function wire(change: Partial<typeof waits> = {}): Promise<Wire> {
  const proxy = await proxies.add(`127.0.0.1:${server.port}`)
  const begin: BeginTransaction = inTurns()
  const shared = { database: `lading-${randomUUID()}`, begin, waits: { ...waits, ...change } }
  const beside = await openAt(server.url, sampleSchema, { ...shared, waits: usualWaits })
  const store = await openAt(`mongodb://127.0.0.1:${proxy.port}/`, sampleSchema, shared)
  return {
    proxy,
    store,
    beside,
    [Symbol.asyncDispose]: async () => {
      await proxy.recover()
      await store.close()
      await beside.close()
    },
  }
}

const add = (store: Store, id: string): Promise<unknown> =>
  store.commit(newBatchId(Date.now(), chance), [insert(counters, counter(id))])

async function transient(what: string, work: () => Promise<unknown>): Promise<void> {
  const error = await work().then(
    (answer) => assert.fail(`${what} answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  assert.equal(error.kind, 'transient', `${what}: ${error}`)
}

async function nothingIsToldMissing(
  { proxy, store, beside }: Wire,
  spoil: () => Promise<void>,
): Promise<void> {
  await add(beside, 'a')
  assert.equal((await store.get(counters, ['a']))?.id, 'a')
  await spoil()
  await transient('get', () => store.get(counters, ['a']))
  await transient('getMany', () => store.getMany(counters, [['a']]))
  await transient('find', () => store.find(counters, { index: 'key', limit: 1 }))
  await transient('count', () => store.count(counters, { index: 'key', upTo: 1 }))
  await transient('commit', () => add(store, 'b'))
  await proxy.recover()
  await until(() =>
    store.get(counters, ['a']).then(
      (row) => row?.id === 'a',
      () => false,
    ),
  )
  assert.deepEqual(await add(store, 'c'), ok)
}

test(
  'while the connection is cut everything is transient, and goes on once it is there again',
  options,
  async () => {
    await using on = await wire()
    await nothingIsToldMissing(on, () => on.proxy.cut())
  },
)

test('a server that says nothing any more holds nobody up for longer than it may', options, async () => {
  await using on = await wire()
  const began = performance.now()
  await nothingIsToldMissing(on, () => on.proxy.blackHole())
  assert.ok(performance.now() - began < 30_000)
})

test('a process whose signs of life do not come through reads and writes nothing', options, async () => {
  await using on = await wire({ fresh: 300 })
  assert.deepEqual(await add(on.store, 'a'), ok)
  await on.proxy.cut()
  await until(() =>
    on.store.get(counters, ['a']).then(
      () => false,
      (error: StoreError) => /no sign of life of this process for 300 ms/.test(error.message),
    ),
  )
  await on.proxy.recover()
  await until(() =>
    on.store.get(counters, ['a']).then(
      (row) => row?.id === 'a',
      () => false,
    ),
  )
})

test(
  'a follower whose connection breaks says so once, and hears again of all that comes later',
  options,
  async () => {
    await using on = await wire()
    const heard = new Set<number>()
    let [lost, current] = [0, 0]
    await using _following = await on.store.follow?.({
      touched: (hashes) => {
        for (const hash of hashes) heard.add(hash)
      },
      current: () => {
        current++
      },
      lost: () => {
        lost++
      },
    })
    assert.ok(current > 0)
    await add(on.beside, 'before')
    await until(async () => heard.has(rowHash('counters', ['before'])))
    assert.equal(lost, 0)
    for (const spoil of [() => on.proxy.cut(), () => on.proxy.blackHole()]) {
      const before: number = lost
      const been: number = current
      await spoil()
      await until(async () => lost === before + 1)
      await on.proxy.recover()
      await until(async () => current > been + 1)
      const id = `after ${lost}`
      await add(on.beside, id)
      await until(async () => heard.has(rowHash('counters', [id])))
      assert.equal(lost, before + 1)
    }
  },
)

test('whoever wants to follow while nothing answers is told so', options, async () => {
  await using on = await wire()
  await on.proxy.cut()
  const follower = { touched: () => {}, current: () => {}, lost: () => assert.fail('it was never current') }
  await transient('follow', async () => on.store.follow?.(follower))
})
