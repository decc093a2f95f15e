import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { tryReplica } from '../../../src/adapters/store/postgresql/try-server.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert, patch } from '../../../src/ports/store/change.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import { postgresqlPairSkip, startPostgresqlPair } from '../../kit/servers/postgresql-pair.ts'
import { until } from '../../kit/until.ts'

/** Longer than a read takes on a busy machine. */
const lagMs = 3_000

test('reads that may lag go to a replica that lags little, and to the primary otherwise', {
  skip: postgresqlPairSkip,
}, async () => {
  await using pair = await startPostgresqlPair()
  const store = await openPostgresqlStore(
    { url: pair.primary.url, max: 4, replicas: [pair.replica.url], replicaLagMs: lagMs },
    sampleSchema,
  )
  try {
    const done = async (...changes: Change[]): Promise<void> => {
      assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), { ok: true })
    }
    const asked = async (): Promise<number | undefined> => (await store.get(counters, ['a'], 'replica'))?.n
    await done(insert(counters, counter('a')))
    await until(async () => store.freshReplicas === 1)

    // What a paused replica answers is old: that shows who answers.
    await pair.pause()
    await until(async () => store.freshReplicas === 1)
    await done(patch(counters, ['a'], { set: { n: 1 } }))
    assert.equal(await asked(), 0)
    assert.equal((await store.get(counters, ['a']))?.n, 1)
    await until(async () => store.freshReplicas === 0)
    assert.equal(await asked(), 1)
    const page = await store.find(counters, { index: 'key', limit: 10, from: 'replica' })
    assert.deepEqual(
      page.rows.map(({ n }) => n),
      [1],
    )

    await pair.resume()
    await until(async () => store.freshReplicas === 1)
    assert.equal(await asked(), 1)

    await pair.replica.kill()
    assert.equal(await asked(), 1)
    assert.equal(await asked(), 1)
    await until(async () => store.freshReplicas === 0)
    assert.equal(await asked(), 1)
    await pair.replica.start()
    await until(async () => store.freshReplicas === 1)
    assert.equal(await asked(), 1)
  } finally {
    await store.close()
  }
})

test('a copy of another database is never read from, and told of', { skip: postgresqlPairSkip }, async () => {
  await using pair = await startPostgresqlPair()
  const [own, other] = [await pair.primary.database(), await pair.primary.database()]
  const replicaOf = (url: string): string => {
    const replica = new URL(pair.replica.url)
    replica.pathname = new URL(url).pathname
    return replica.href
  }
  const filled = async (url: string, n: number, options: object = {}) => {
    const store = await openPostgresqlStore({ url, max: 4, ...options }, sampleSchema)
    await store.commit(newBatchId(Date.now(), chance), [insert(counters, { ...counter('a'), n })])
    return store
  }
  await (await filled(other, 666)).close()
  const told: (string | undefined)[] = []
  const store = await filled(own, 1, {
    replicas: [replicaOf(other)],
    replicaLagMs: lagMs,
    onReplica: (_: string, trouble: string | undefined) => told.push(trouble),
  })
  try {
    await until(async () => /copy of another database/.test(told.at(-1) ?? ''))
    assert.equal(store.freshReplicas, 0)
    assert.equal((await store.get(counters, ['a'], 'replica'))?.n, 1)
    const at = (url: string): { url: string } => ({ url })
    assert.match((await tryReplica(at(replicaOf(other)), at(own))) ?? '', /copy of another database/)
    assert.equal(await tryReplica(at(replicaOf(other)), at(other)), undefined)
  } finally {
    await store.close()
  }
})

test('what is wrong with a replica is told anew where it is no longer what it was', {
  skip: postgresqlPairSkip,
}, async () => {
  await using pair = await startPostgresqlPair()
  const url = await pair.primary.database()
  const replica = new URL(pair.replica.url)
  replica.pathname = '/later'
  const told: (string | undefined)[] = []
  const store = await openPostgresqlStore(
    {
      url,
      max: 4,
      replicas: [replica.href],
      replicaLagMs: lagMs,
      onReplica: (_: string, trouble: string | undefined) => told.push(trouble),
    },
    sampleSchema,
  )
  try {
    await until(async () => /does not exist|no database/.test(told.at(-1) ?? ''))
    const client = new Client({ connectionString: pair.primary.url })
    await client.connect()
    await client.query('CREATE DATABASE later')
    await client.end()
    await until(async () => /copy of another database/.test(told.at(-1) ?? ''))
    assert.equal(told.length, 2)
    assert.equal(store.freshReplicas, 0)
  } finally {
    await store.close()
  }
})

test('a replica that cannot be read from is told of once, with its cause, and once more when it is back', {
  skip: postgresqlPairSkip,
}, async () => {
  await using pair = await startPostgresqlPair()
  const told: (readonly [string, string | undefined])[] = []
  const { port } = new URL(pair.replica.url)
  const store = await openPostgresqlStore(
    {
      url: pair.primary.url,
      max: 4,
      replicas: [pair.replica.url, `postgres://nobody:hunter2@127.0.0.1:${port}/postgres`, pair.primary.url],
      // Looked at often: what is told once was seen again and again.
      replicaLagMs: 300,
      onReplica: (replica, trouble) => told.push([replica, trouble]),
    },
    sampleSchema,
  )
  const at = `127.0.0.1:${port}`
  const ofReplica = (): readonly unknown[] =>
    told.filter(([, trouble]) => !/"nobody"|follows nobody/.test(trouble ?? ''))
  try {
    await until(async () => told.length === 2 && store.freshReplicas === 1)
    assert.ok(
      told.some(([where, trouble]) => where === at && /lets user "nobody" not log in/.test(trouble ?? '')),
    )
    const primary = `127.0.0.1:${new URL(pair.primary.url).port}`
    assert.ok(told.some(([where, trouble]) => where === primary && /it follows nobody/.test(trouble ?? '')))
    await pair.replica.kill()
    await until(async () => ofReplica().length === 1)
    await pair.replica.start()
    await until(async () => ofReplica().length === 2 && store.freshReplicas === 1)
    const [[, away] = [], back] = ofReplica() as [string, string | undefined][]
    assert.match(away ?? '', /nobody listens|ended the connection|takes no connections now/)
    assert.deepEqual(back, [at, undefined])
    assert.doesNotMatch(JSON.stringify(told), /hunter2/)
  } finally {
    await store.close()
  }
})
