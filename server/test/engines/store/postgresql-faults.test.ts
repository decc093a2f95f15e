import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  openPostgresqlStore,
  type PostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { StoreError } from '../../../src/ports/store/errors.ts'
import type { BatchId, Position } from '../../../src/ports/store/store.ts'
import { counter, counters, happenings, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type FaultProxies,
  type FaultProxy,
  faultProxyTool,
  startFaultProxies,
} from '../../kit/servers/fault-proxy.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { allEntries, id, lockRow, settled, type Told, told } from './postgresql-told.ts'

const rounds = Number(process.env['LADING_FAULT_ROUNDS'] ?? 5)

/** Short, so that what has to end by them ends soon. */
const waits = {
  connectMs: 500,
  queueMs: 700,
  statementMs: 2_000,
  answerMs: 500,
  claimMs: 400,
  closeMs: 1_000,
}
/** More than all of them together for one commit: the pool, the answer, the claim and its own answer. */
const longestMs = 6_000

describe('PostgreSQL behind a bad connection', { skip: postgresqlSkip || faultProxyTool.skip }, () => {
  let server: PostgresqlServer
  let proxies: FaultProxies
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer()
    proxies = await startFaultProxies()
  })
  after(async () => {
    await proxies[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  interface World extends AsyncDisposable {
    readonly proxy: FaultProxy
    /** Through the proxy. */
    readonly store: PostgresqlStore
    /** Beside it: what is really there. */
    readonly truth: PostgresqlStore
    count(): Promise<number>
  }

  async function world(options: Partial<PostgresqlStoreOptions> = {}): Promise<World> {
    const schema = `faults_${++schemas}`
    const proxy = await proxies.add(`${server.host}:${server.port}`)
    const truth = await openPostgresqlStore({ url: server.url, schema, max: 4 }, sampleSchema)
    const { user } = server
    const at = { host: proxy.host, port: proxy.port, user, database: 'postgres', schema, max: 4 }
    const store = await openPostgresqlStore({ ...at, waits, ...options }, sampleSchema)
    assert.deepEqual(await truth.commit(id(), [insert(counters, counter('a'))]), { ok: true })
    let passed = 0
    let last: Position | undefined
    return {
      proxy,
      store,
      truth,
      // A batch and its entry are one: a count that differs is half of one.
      count: async () => {
        const n = (await truth.get(counters, ['a']))?.n
        for (let isMore = true; isMore; ) {
          const { entries } = await truth.tail(happenings, last, 1000)
          passed += entries.length
          last = entries.at(-1)?.at ?? last
          isMore = entries.length > 0
        }
        assert.equal(passed, n)
        return n ?? 0
      },
      [Symbol.asyncDispose]: async () => {
        await proxy.recover()
        await store.close()
        await truth.close()
      },
    }
  }

  /** Says what is true, and is right when it is asked again. */
  async function check(where: World, batch: BatchId, first: Told, before: number): Promise<void> {
    const known = await settled(where.store, batch, first)
    const then = await where.count()
    assert.equal(then, before + (known === 'applied' ? 1 : 0), `told ${first}, then ${known}`)
    const again = await told(where.store, batch)
    if (known === 'applied') assert.equal(again, 'applied')
    if (known === 'void') assert.equal(again, 'void')
    const last = await where.count()
    assert.equal(last, before + (again === 'applied' ? 1 : 0), `${known}, again ${again}`)
  }

  for (const direction of ['up', 'down'] as const) {
    test(`a commit that is cut off after some bytes ${direction} is told as it is, and never applied twice`, async () => {
      await using where = await world()
      const seen = new Set<Told>()
      // Of about as many bytes as a commit has, places that are far from each other.
      const [whole, apart] = direction === 'up' ? [430, 67] : [180, 29]
      for (let round = 0; round < rounds * 6; round++) {
        await until(async () => (await told(where.store, id())) === 'applied')
        const before = await where.count()
        const batch = id()
        await where.proxy.cutAfter(1 + ((round * apart) % whole), direction)
        const committing = told(where.store, batch)
        // Every second time whoever asks what became of it gets no answer either.
        if (round % 2 === 0) await where.proxy.recover()
        const first = await committing
        await where.proxy.recover()
        seen.add(first)
        await check(where, batch, first, before)
      }
      const expected: readonly Told[] = direction === 'up' ? ['void', 'unknown'] : ['applied', 'unknown']
      for (const each of expected) assert.ok(seen.has(each), `${each} was never told, only ${[...seen]}`)
    })
  }

  test('a commit during which the network goes is told as it is, and never applied twice', async () => {
    await using where = await world()
    for (let round = 0; round < rounds; round++) {
      await until(async () => (await told(where.store, id())) === 'applied')
      const before = await where.count()
      await where.proxy.latency(20)
      const batches = Array.from({ length: 4 }, id)
      const committing = Promise.all(batches.map((batch) => told(where.store, batch)))
      await where.proxy.cut()
      const firsts = await committing
      await where.proxy.recover()
      let applied = 0
      for (const [at, batch] of batches.entries()) {
        const known = await settled(where.store, batch, firsts[at] as Told)
        if (known === 'applied') applied++
      }
      assert.equal(await where.count(), before + applied)
    }
  })

  test('a black hole ends within the limits, and what comes after it works again', async () => {
    await using where = await world()
    assert.equal(await told(where.store, id()), 'applied')
    await where.proxy.blackHole()
    const batch = id()
    const began = performance.now()
    const [first, read, tail] = await Promise.all([
      told(where.store, batch),
      where.store.get(counters, ['a']).catch((error: unknown) => error),
      where.store.tail(happenings, undefined, 10).catch((error: unknown) => error),
    ])
    assert.ok(performance.now() - began < longestMs, `it took ${performance.now() - began} ms`)
    assert.ok(first === 'unknown' || first === 'not', first)
    for (const error of [read, tail]) {
      assert.ok(error instanceof StoreError)
      assert.equal(error.kind, 'transient')
    }
    await where.proxy.recover()
    await check(where, batch, first, 1)
    assert.equal((await where.store.get(counters, ['a']))?.n, await where.count())
  })

  test('close ends though nobody answers', async () => {
    await using where = await world()
    assert.equal(await told(where.store, id()), 'applied')
    await where.proxy.blackHole()
    const began = performance.now()
    await where.store.close()
    assert.ok(performance.now() - began < longestMs)
  })

  test('whoever follows is told of a loss, and from then on of all that is committed', async () => {
    await using where = await world()
    const heard: string[] = []
    await using following = await where.store.follow({
      touched: (hashes) => heard.push(`touched ${hashes.length > 0}`),
      current: () => heard.push('current'),
      lost: () => heard.push('lost'),
    })
    const { era } = following
    const next = async (what: string): Promise<void> => {
      heard.length = 0
      await until(async () => heard.includes(what))
    }
    await next('current')
    heard.length = 0
    await where.proxy.blackHole()
    await until(async () => heard.includes('lost'))
    assert.ok(!heard.slice(heard.indexOf('lost')).includes('current'))
    await where.proxy.recover()
    await next('current')
    assert.equal(await told(where.truth, id()), 'applied')
    await until(async () => heard.includes('touched true'))
    assert.equal(following.era, era)
  })

  test('who waits too long for a connection is told to come again, and nobody else is harmed', async () => {
    await using where = await world({
      max: 1,
      waits: { ...waits, queueMs: 300, answerMs: 5_000, statementMs: 5_000 },
    })
    assert.equal(await told(where.store, id()), 'applied')
    const release = await lockRow(server, `faults_${schemas}`)
    const blocked = told(where.store, id())
    await until(async () => where.store.figures().idle === 0)
    const refused = await where.store.get(counters, ['a']).catch((error: unknown) => error)
    assert.ok(refused instanceof StoreError)
    assert.equal(refused.kind, 'transient')
    assert.equal(refused.isBusy, true)
    assert.match(refused.message, /all 1 connections are in use/)
    await release()
    assert.equal(await blocked, 'applied')
    assert.equal((await where.store.get(counters, ['a']))?.n, 2)
    const { total, idle, waiting } = where.store.figures()
    assert.deepEqual({ total, idle, waiting }, { total: 1, idle: 1, waiting: 0 })
  })

  test('a server that ends and comes back under load loses nothing that was answered, and applies nothing twice', async () => {
    await using where = await world({ waits: { ...waits, claimMs: 200 } })
    let working = true
    let applied = 0
    const writer = async (): Promise<void> => {
      while (working) {
        const batch = id()
        const known = await settled(where.store, batch, await told(where.store, batch))
        if (known === 'applied') applied++
        else await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    const writers = Promise.all(Array.from({ length: 6 }, writer))
    for (let round = 0; round < Math.min(rounds, 20); round++) {
      const enough = applied + 20
      await until(async () => applied > enough)
      if (round % 2 === 0) await server.stop()
      else await server.kill()
      await server.start()
    }
    const enough = applied + 20
    await until(async () => applied > enough)
    working = false
    await writers
    assert.equal((await where.truth.get(counters, ['a']))?.n, applied)
    assert.equal(await allEntries(where.truth), applied)
  })
})
