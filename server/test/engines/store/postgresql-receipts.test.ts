import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import {
  openPostgresqlStore,
  type PostgresqlStore,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { Receipts } from '../../../src/adapters/store/postgresql/receipts.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { rowHash } from '../../../src/ports/store/row-hash.ts'
import type { Follower, Following } from '../../../src/ports/store/store.ts'
import { chance } from '../../../src/ports/store/suite/harness.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'

/** Longer than any answer takes, and than whoever looks by itself lets pass. */
const patienceMs = 10_000

describe('whether all that follow in PostgreSQL have heard', { skip: postgresqlSkip, concurrency: 1 }, () => {
  let server: PostgresqlServer
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const openIn = (schema: string): Promise<PostgresqlStore> =>
    openPostgresqlStore({ url: server.url, max: 4, schema }, sampleSchema)

  test('it settles when each of them was told, and not before', async () => {
    const schema = `receipts_${++schemas}`
    await using one = closing(await openIn(schema))
    await using other = closing(await openIn(schema))
    await using third = closing(await openIn(schema))
    await using own = await one.store.follow(deaf)
    const ears = [new Ear(), new Ear()]
    await using _first = await other.store.follow(ears[0] as Ear)
    await using _second = await third.store.follow(ears[1] as Ear)
    for (let n = 0; n < 30; n++) {
      const id = `n-${n}`
      assert.ok((await one.store.commit(newBatchId(Date.now(), chance), [insert(counters, counter(id))])).ok)
      await heard(own, patienceMs)
      for (const ear of ears) assert.ok(ear.hashes.has(rowHash('counters', [id])), `${id} was not told`)
    }
  })

  test('many that ask at once are all answered', async () => {
    const schema = `receipts_${++schemas}`
    await using one = closing(await openIn(schema))
    await using other = closing(await openIn(schema))
    await using own = await one.store.follow(deaf)
    const ear = new Ear()
    await using _other = await other.store.follow(ear)
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const id = `n-${n}`
        await one.store.commit(newBatchId(Date.now(), chance), [insert(counters, counter(id))])
        await heard(own, patienceMs)
        assert.ok(ear.hashes.has(rowHash('counters', [id])), `${id} was not told`)
      }),
    )
  })

  test('alone, or beside those of another schema, or of who has left, it waits for nobody', async () => {
    const [schema, elsewhere] = [`receipts_${++schemas}`, `receipts_${++schemas}`]
    await using one = closing(await openIn(schema))
    await using stranger = closing(await openIn(elsewhere))
    await using own = await one.store.follow(deaf)
    await using _elsewhere = await stranger.store.follow(deaf)
    await heard(own, patienceMs)
    {
      await using gone = closing(await openIn(schema))
      await using _gone = await gone.store.follow(deaf)
      await heard(own, patienceMs)
    }
    await until(async () => (await followers(server.url)) === 2)
    await heard(own, patienceMs)
  })

  test('one that does not answer is waited for once, and again after it has answered', async () => {
    const schema = `receipts_${++schemas}`
    await using one = closing(await openIn(schema))
    await using own = await one.store.follow(deaf)
    const mute = new Client({ connectionString: server.url })
    await mute.connect()
    const asked: string[] = []
    let answers = false
    const answer = (ask: string): Promise<unknown> =>
      mute.query(`SELECT pg_notify('lading_heard', $1)`, [`${ask} 7`])
    try {
      mute.on('notification', ({ payload = '' }) => {
        if (payload === '') return
        asked.push(payload)
        if (answers) answer(payload).catch(() => undefined)
      })
      await mute.query('LISTEN lading_batches')
      await mute.query('SELECT pg_advisory_lock_shared($1::regnamespace::oid::bigint << 32 | 7)', [schema])
      assert.ok((await lasts(own, 300)) >= 299, 'it was not waited for')
      await heard(own, patienceMs)
      await until(async () => asked.length === 2)
      await answer(asked[1] ?? '')
      await until(async () => (await lasts(own, 300)) >= 299)
      answers = true
      await answer(asked[0] ?? '')
      await until(async () => {
        const told = asked.length
        await heard(own, patienceMs)
        return asked.length === told + 1
      })
    } finally {
      await mute.end()
    }
  })

  test('who was out of hearing itself waits for all again', async () => {
    const schema = `receipts_${++schemas}`
    await using one = closing(await openIn(schema))
    await using own = await one.store.follow(deaf)
    const [follower] = await server.query(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 ORDER BY pid DESC LIMIT 1`,
    )
    const slow = new Client({ connectionString: server.url })
    await slow.connect()
    const slowness = 100
    try {
      slow.on('notification', ({ payload = '' }) => {
        if (payload === '') return
        const say = (): Promise<unknown> =>
          slow.query(`SELECT pg_notify('lading_heard', $1)`, [`${payload} 7`]).catch(() => undefined)
        setTimeout(say, slowness)
      })
      await slow.query('LISTEN lading_batches')
      await slow.query('SELECT pg_advisory_lock_shared($1::regnamespace::oid::bigint << 32 | 7)', [schema])
      const isWaitedFor = async (): Promise<boolean> => (await lasts(own, patienceMs)) >= slowness - 1
      assert.ok(await isWaitedFor())
      await server.query(`SELECT pg_terminate_backend(${Number(follower?.['pid'])})`)
      assert.ok((await lasts(own, 1_000)) >= 999, 'it has heard what it could not hear')
      await until(async () => (await followers(server.url)) === 2)
      assert.ok(await isWaitedFor())
    } finally {
      await slow.end()
    }
  })

  test('what somebody else says where asks are heard keeps nobody from hearing', async () => {
    const schema = `receipts_${++schemas}`
    await using one = closing(await openIn(schema))
    await using other = closing(await openIn(schema))
    await using own = await one.store.follow(deaf)
    let losses = 0
    await using _other = await other.store.follow({ ...deaf, lost: () => void losses++ })
    for (const said of ['x', '1.', 'x'.repeat(7_990)]) {
      await server.query(`SELECT pg_notify('lading_batches', '${said}')`)
      await heard(own, patienceMs)
    }
    assert.equal(losses, 0)
  })

  test('a server that says nothing is not waited for any longer', async () => {
    const receipts = new Receipts(() => new Promise(() => {}))
    const begun = performance.now()
    await Promise.all([receipts.ofAll(100), receipts.ofAll(100)])
    await receipts.ofAll(100)
    const ms = performance.now() - begun
    assert.ok(ms >= 199, `${ms} ms`)
  })

  test('where nobody can be asked, the time that makes what is kept void passes', async () => {
    const stopping = await startPostgresqlServer()
    try {
      await using one = closing(await openPostgresqlStore({ url: stopping.url, max: 4 }, sampleSchema))
      const own = await one.store.follow(deaf)
      await stopping[Symbol.asyncDispose]()
      assert.ok((await lasts(own, 200)) >= 199)
    } finally {
      await stopping[Symbol.asyncDispose]()
    }
  })
})

const deaf: Follower = { touched: () => {}, current: () => {}, lost: () => {} }

class Ear implements Follower {
  readonly hashes = new Set<number>()
  touched(hashes: readonly number[]): void {
    for (const hash of hashes) this.hashes.add(hash)
  }
  current(): void {}
  lost(): void {}
}

async function heard(following: Following, withinMs: number): Promise<void> {
  const ms = await lasts(following, withinMs)
  assert.ok(ms < withinMs / 2, `it took ${ms} ms`)
}

async function lasts(following: Following, withinMs: number): Promise<number> {
  const begun = performance.now()
  assert.ok(following.heardByAll !== undefined)
  await following.heardByAll(withinMs)
  return performance.now() - begun
}

async function followers(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(
      `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1`,
    )
    return rows[0].n
  } finally {
    await client.end()
  }
}

function closing(store: PostgresqlStore): AsyncDisposable & {
  readonly store: PostgresqlStore & { follow(follower: Follower): Promise<Following> }
} {
  return { store, [Symbol.asyncDispose]: () => store.close() }
}
