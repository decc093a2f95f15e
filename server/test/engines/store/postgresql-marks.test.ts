import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rename, rm } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { Connections } from '../../../src/adapters/store/postgresql/connections.ts'
import { followBatches } from '../../../src/adapters/store/postgresql/follow-batches.ts'
import { type Look, Marks } from '../../../src/adapters/store/postgresql/marks.ts'
import {
  openPostgresqlStore,
  type PostgresqlStore,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { defaultWaits } from '../../../src/adapters/store/postgresql/waits.ts'
import { FarTiers } from '../../../src/core/cache/far-answers.ts'
import { followOthers } from '../../../src/core/cache/follow-others.ts'
import { followedGenerations, withGenerations } from '../../../src/core/cache/generations.ts'
import { ReadCache } from '../../../src/core/cache/read-cache.ts'
import type { TieredCache } from '../../../src/ports/cache/tiered-cache.ts'
import { insert, patch } from '../../../src/ports/store/change.ts'
import { rowHash } from '../../../src/ports/store/row-hash.ts'
import type { Change, Following, Store, Survives } from '../../../src/ports/store/store.ts'
import { counter, counters, sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'
import { id } from './postgresql-told.ts'

const instant = (): number => performance.timeOrigin + performance.now()
const set = (row: string, n: number): Change => patch(counters, [row], { set: { n } })

async function done(store: Store, changes: readonly Change[], survives?: Survives): Promise<void> {
  assert.deepEqual(await store.commit(id(), changes, survives), { ok: true })
}

interface Ear {
  readonly following: Following
  readonly heard: Map<number, number>
  readonly told: { mark: number; asOf: number; since: number; lost: number }
  /** Until all that was answered before this call has been told. */
  caughtUp(): Promise<void>
}

async function listen(store: PostgresqlStore): Promise<Ear> {
  const heard = new Map<number, number>()
  const told = { mark: 0, asOf: 0, since: 0, lost: 0 }
  const following = await store.follow({
    touched: (hashes, mark) => {
      for (const hash of hashes) heard.set(hash, mark)
    },
    current: (mark, asOf, since) => {
      assert.ok(mark >= told.mark, `the mark went back from ${told.mark} to ${mark}`)
      assert.ok(asOf >= told.asOf, 'the time went back')
      Object.assign(told, { mark, asOf, since: since ?? told.since })
    },
    lost: () => {
      told.lost++
    },
  })
  const caughtUp = async (): Promise<void> => {
    const since = instant()
    await until(async () => told.asOf >= since)
  }
  return { following, heard, told, caughtUp }
}

/** What is under way for as long as its client likes. */
const beginBatch = (schema: string): string =>
  `BEGIN; INSERT INTO "${schema}"."lading_batches" ("id", "void", "at") VALUES ('held open', true, 0)`

/** As many processes have one: what each keeps for the others. */
function sharedCache(): Pick<TieredCache, 'get' | 'set'> {
  const kept = new Map<string, Uint8Array | undefined>()
  return {
    get: async (key) => (kept.has(key) ? { bytes: kept.get(key) } : undefined),
    set: async (key, bytes) => {
      kept.set(key, bytes)
    },
  }
}

/** What a process keeps and hears. */
async function processOf(raw: PostgresqlStore, cache: Pick<TieredCache, 'get' | 'set'>) {
  const generations = followedGenerations()
  const { hearing } = generations
  const store = withGenerations(raw, generations)
  const far = new FarTiers({ cache: cache as TieredCache, era: () => hearing?.era() })
  const following = await followOthers({ store, generations, changed: {}, news: () => {} })
  const reads = new ReadCache(openMemoryCache({ maxBytes: 1_000_000 }), generations, far)
  const read = async (row: string): Promise<number | undefined> =>
    await reads.load(row, async (named) => {
      named.row(counters, [row])
      return { value: (await store.get(counters, [row]))?.n, bytes: 10 }
    })
  return {
    store,
    read,
    generations,
    hearing,
    far,
    [Symbol.asyncDispose]: async () => {
      await far.idle()
      await following?.[Symbol.asyncDispose]()
      await raw.close()
    },
  }
}

describe('marks of PostgreSQL', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let schemas = 0
  before(async () => {
    server = await startPostgresqlServer({ fsync: true })
  })
  after(() => server[Symbol.asyncDispose]())
  const open = (schema: string): Promise<PostgresqlStore> =>
    openPostgresqlStore({ url: server.url, schema, max: 4 }, sampleSchema)

  const processId = async (where: string): Promise<number> => {
    const [row] = await server.query(`SELECT pid FROM pg_stat_activity WHERE ${where} LIMIT 1`)
    return Number(row?.['pid'])
  }

  /** Who brings to the disk what nobody waits for stands still, and goes on with what is answered. */
  const holdLog = async (): Promise<() => void> => {
    const writer = await processId(`backend_type = 'walwriter'`)
    process.kill(writer, 'SIGSTOP')
    return () => process.kill(writer, 'SIGCONT')
  }

  /** As where the system ends one for lack of memory: the server begins anew, from its log on the disk. */
  const crash = async (): Promise<void> => {
    process.kill(
      await processId(`backend_type = 'client backend' AND application_name = 'lading'`),
      'SIGKILL',
    )
  }

  test('after a crash no commit comes below a mark that was told before it, in the same era', async () => {
    const schema = `crash_${++schemas}`
    const store = await open(schema)
    const ear = await listen(store)
    try {
      await done(store, [insert(counters, counter('a')), insert(counters, counter('b'))])
      await ear.caughtUp()
      const { era } = ear.following
      const goOn = await holdLog()
      for (let n = 1; n <= 40; n++) await done(store, [set('a', n)], 'process')
      await ear.caughtUp()
      const before = ear.told.mark
      await crash()
      await until(async () => ear.told.lost > 0)
      goOn()
      await until(() => store.get(counters, ['a']).then(Boolean, () => false))
      await ear.caughtUp()
      assert.equal((await store.get(counters, ['a']))?.n, 0, 'nothing was lost in the crash')
      await done(store, [set('b', 1)])
      await ear.caughtUp()
      assert.equal(ear.following.era, era)
      const mark = ear.heard.get(rowHash('counters', ['b'])) ?? 0
      assert.ok(mark >= before, `${mark} is below ${before}`)
      assert.ok(ear.told.mark > mark, `${ear.told.mark} is not above ${mark}`)
    } finally {
      await ear.following[Symbol.asyncDispose]()
      await store.close()
    }
  })

  test('after a crash nobody is answered by what was kept for others before it and has changed since', async () => {
    const schema = `far_${++schemas}`
    const cache = sharedCache()
    await using first = await processOf(await open(schema), cache)
    await done(first.store, [insert(counters, counter('tag', 1)), insert(counters, counter('other'))])
    const goOn = await holdLog()
    for (let n = 1; n <= 40; n++) await done(first.store, [set('other', n)], 'process')
    // So that what is kept is of a time after them.
    const others = [rowHash('counters', ['other'])]
    await until(async () => first.hearing?.holds(Number.MAX_SAFE_INTEGER, others) === true)
    assert.equal(await first.read('tag'), 1)
    await first.far.idle()
    await crash()
    await until(async () => first.hearing?.isCurrent() === false)
    goOn()
    await until(() => first.store.get(counters, ['tag']).then(Boolean, () => false))
    assert.equal((await first.store.get(counters, ['other']))?.n, 0, 'nothing was lost in the crash')
    await until(async () => first.hearing?.isCurrent() === true)
    await using second = await processOf(await open(schema), cache)
    await done(second.store, [set('tag', 2)])
    // Until then its own change alone keeps the one from what was kept, and the other need not have heard of it.
    const now = rowHash('counters', ['now'])
    for (const { hearing, generations } of [first, second]) {
      hearing?.changed(generations.bucketOf(now))
      await until(async () => hearing?.holds(Number.MAX_SAFE_INTEGER, [now]) === true)
    }
    assert.deepEqual([await first.read('tag'), await second.read('tag')], [2, 2])
  })

  test('of a server whose files were put back to what they were, nothing that was kept since is used', async () => {
    await using own = await startPostgresqlServer()
    const at = (): Promise<PostgresqlStore> => openPostgresqlStore({ url: own.url, max: 4 }, sampleSchema)
    const cache = sharedCache()
    const eras: string[] = []
    {
      await using first = await processOf(await at(), cache)
      await done(first.store, [insert(counters, counter('tag', 1)), insert(counters, counter('other'))])
    }
    const copy = `${own.folder}-copy`
    await own.stop()
    await promisify(execFile)('cp', ['-a', own.folder, copy])
    await own.start()
    {
      await using second = await processOf(await at(), cache)
      for (let n = 0; n < 50; n++) await done(second.store, [set('other', n)])
      await done(second.store, [set('tag', 2)])
      const marked = second.hearing?.mark() ?? 0
      await until(async () => (second.hearing?.mark() ?? 0) > marked)
      assert.equal(await second.read('tag'), 2)
      eras.push(second.hearing?.era() ?? '')
    }
    await own.stop()
    await rm(own.folder, { recursive: true })
    await rename(copy, own.folder)
    await own.start()
    await using third = await processOf(await at(), cache)
    eras.push(third.hearing?.era() ?? '')
    assert.equal(await third.read('tag'), 1)
    assert.equal(new Set(eras).size, 2)
  })

  test('a copy of the database on the same server uses nothing of what is kept for the first, nor one that was put back into it', async () => {
    const url = await server.database()
    const at = (where: string): Promise<PostgresqlStore> =>
      openPostgresqlStore({ url: where, max: 4 }, sampleSchema)
    const cache = sharedCache()
    {
      await using first = await processOf(await at(url), cache)
      await done(first.store, [insert(counters, counter('tag', 1))])
    }
    const copied = new URL(url)
    copied.pathname += '_copied'
    await server.query(`CREATE DATABASE "${copied.pathname.slice(1)}" TEMPLATE "${url.split('/').at(-1)}"`)
    await using second = await processOf(await at(url), cache)
    await done(second.store, [set('tag', 2)])
    const marked = second.hearing?.mark() ?? 0
    await until(async () => (second.hearing?.mark() ?? 0) > marked)
    assert.equal(await second.read('tag'), 2)
    await second.far.idle()
    const store = await at(copied.href)
    await using copy = await processOf(store, cache)
    assert.equal(await copy.read('tag'), 1)
    const before = await listen(store)
    await server.query('ALTER TABLE "lading_batches" RENAME TO "before"', copied.href)
    await server.query('CREATE TABLE "lading_batches" (LIKE "before" INCLUDING ALL)', copied.href)
    await server.query('INSERT INTO "lading_batches" SELECT * FROM "before"', copied.href)
    const after = await listen(store)
    assert.notEqual(after.following.era, before.following.era)
    for (const { following } of [before, after]) await following[Symbol.asyncDispose]()
  })

  test('who begins to follow uses nothing from before what is there, though an earlier transaction is open', async () => {
    const schema = `begun_${++schemas}`
    const store = await open(schema)
    const other = new Client({ connectionString: server.url })
    await other.connect()
    const before = await listen(store)
    try {
      await other.query(beginBatch(schema))
      await done(store, [insert(counters, counter('a'))])
      await before.caughtUp()
      const mark = before.heard.get(rowHash('counters', ['a'])) ?? 0
      assert.ok(before.told.mark <= mark)
      const later = await listen(store)
      assert.equal(later.told.since, mark + 1)
      assert.ok(later.told.mark <= mark)
      await other.query('ROLLBACK')
      for (const ear of [before, later]) await until(async () => ear.told.mark > mark)
      await later.following[Symbol.asyncDispose]()
    } finally {
      await other.end()
      await before.following[Symbol.asyncDispose]()
      await store.close()
    }
  })

  test('get above what is told though somebody else holds a transaction of the server open, and nobody is told of that', async () => {
    const schema = `foreign_${++schemas}`
    const store = await open(schema)
    const connections = new Connections({ url: server.url, schema }, { all: 2 }, defaultWaits)
    const other = new Client({ connectionString: server.url })
    await other.connect()
    const troubles: string[] = []
    let mark = 0
    let told = 0
    const follower = {
      touched: (_: readonly number[], at: number) => {
        told = at
      },
      current: (at: number) => {
        assert.ok(at >= mark, `the mark went back from ${mark} to ${at}`)
        mark = at
      },
      lost: () => {},
    }
    const onTrouble = ({ message }: Error): number => troubles.push(message)
    await other.query('BEGIN; SELECT pg_current_xact_id()')
    const following = await followBatches(connections, follower, { longMs: 100, everyMs: 20, onTrouble })
    const atLeastUntil = performance.now() + 300
    try {
      await done(store, [insert(counters, counter('a'))])
      for (let n = 1; n <= 5 || performance.now() < atLeastUntil; n++) {
        const before = told
        await done(store, [set('a', n)])
        await until(async () => told > before && mark > told)
      }
      assert.deepEqual(troubles, [])
    } finally {
      await following[Symbol.asyncDispose]()
      await other.end()
      await connections.close()
      await store.close()
    }
  })

  test('a transaction that stays open is told of once', async () => {
    const schema = `long_${++schemas}`
    const store = await open(schema)
    const connections = new Connections({ url: server.url, schema }, { all: 2 }, defaultWaits)
    const other = new Client({ connectionString: server.url })
    await other.connect()
    const troubles: string[] = []
    const follower = { touched: () => {}, current: () => {}, lost: () => {} }
    const onTrouble = ({ message }: Error): number => troubles.push(message)
    const following = await followBatches(connections, follower, { longMs: 100, everyMs: 20, onTrouble })
    try {
      const { rows } = await other.query('SELECT pg_backend_pid() AS pid')
      await other.query(beginBatch(schema))
      await done(store, [insert(counters, counter('a'))])
      await until(async () => troubles.length > 0)
      for (let n = 1; n <= 5; n++) await done(store, [set('a', n)])
      await new Promise((resolve) => setTimeout(resolve, 300))
      assert.equal(troubles.length, 1)
      assert.match(troubles[0] ?? '', new RegExp(`process ${rows[0].pid}, database postgres`))
    } finally {
      await following[Symbol.asyncDispose]()
      await other.end()
      await connections.close()
      await store.close()
    }
  })
})

describe('marks of PostgreSQL with a log that is written in its own time', { skip: postgresqlSkip }, () => {
  test('get above what need not be on the disk once it is there', async () => {
    await using server = await startPostgresqlServer()
    const store = await openPostgresqlStore({ url: server.url, max: 4 }, sampleSchema)
    const ear = await listen(store)
    try {
      await done(store, [insert(counters, counter('a'))], 'process')
      await ear.caughtUp()
      const mark = ear.heard.get(rowHash('counters', ['a'])) ?? Number.POSITIVE_INFINITY
      await until(async () => ear.told.mark > mark)
    } finally {
      await ear.following[Symbol.asyncDispose]()
      await store.close()
    }
  })
})

describe('marks', () => {
  const look = (over: Partial<Look>): Look => ({ oldest: 100, written: 0, flushed: 0, asOf: 1, ...over })

  test('are above what was told once it is on the disk and all before it has ended, never sooner', () => {
    const marks = new Marks(10, look({ written: 1_000, flushed: 1_000 }))
    assert.deepEqual([marks.mark, marks.isSettled], [11, true])
    assert.equal(marks.after(20, look({ written: 2_000, flushed: 1_900, asOf: 2 })), 1)
    assert.deepEqual([marks.mark, marks.isSettled], [11, false])
    assert.equal(marks.after(30, look({ written: 3_000, flushed: 2_000, asOf: 3 })), 2)
    assert.deepEqual([marks.mark, marks.isSettled], [21, false])
    assert.equal(marks.after(30, look({ written: 9_000, flushed: 3_000, oldest: 25, asOf: 4 })), 2)
    assert.deepEqual([marks.mark, marks.isSettled, marks.kept], [25, false, 30])
    assert.equal(marks.after(30, look({ written: 9_000, flushed: 3_000, asOf: 5 })), 5)
    assert.deepEqual([marks.mark, marks.isSettled], [31, true])
  })

  test('begin with what was known in the same era, where what is there is not on the disk yet', () => {
    const unknown = look({ written: 1_000, flushed: 0 })
    assert.equal(new Marks(10, unknown).mark, 1)
    assert.equal(new Marks(10, unknown, 7).mark, 8)
    assert.equal(new Marks(3, unknown, 7).isSettled, true)
  })
})
