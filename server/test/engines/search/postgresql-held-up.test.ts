import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openPostgresqlSearch } from '../../../src/adapters/search/postgresql/open-postgresql-search.ts'
import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { defaultWaits } from '../../../src/adapters/store/postgresql/waits.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import { schema } from '../../../src/boot/schema.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { type Authors, authors } from '../../core/authoring/kit.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'

const sight = [{ visibilities: ['public' as const] }]
/** Well within what a reader of logs waits for others. */
const soonMs = defaultWaits.settleMs / 2
/** More than anybody looks at one by one. */
const many = 110

interface World extends AsyncDisposable {
  readonly authors: Authors
  readonly searching: Searching
  readonly schema: string
}

describe('a search while somebody holds a transaction of the PostgreSQL server open', {
  skip: postgresqlSkip,
  timeout: 120_000,
}, () => {
  let server: PostgresqlServer
  let elsewhere: string
  let worlds = 0
  before(async () => {
    server = await startPostgresqlServer()
    elsewhere = await server.database()
    for (const url of [elsewhere, server.url])
      await server.query('CREATE TABLE public.unrelated (n int)', url)
  })
  after(() => server[Symbol.asyncDispose]())

  async function open(engine: SearchEngine): Promise<World> {
    const own = `searching_${++worlds}`
    const clock = new ManualClock()
    const store = await openPostgresqlStore({ url: server.url, schema: own, now: () => clock.now() }, schema)
    const author = await authors({ store, clock })
    const main = { name: 'main', engine }
    const searching = new Searching(author.test.core, { main, timeout: 5_000, pause: 1_000, interval: 500 })
    searching.follow()
    return {
      authors: author,
      searching,
      schema: own,
      [Symbol.asyncDispose]: async () => {
        await searching.close()
        await engine.close()
        await author[Symbol.asyncDispose]()
      },
    }
  }

  async function holding(url: string, sql: string): Promise<Client> {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('BEGIN')
    await client.query(sql)
    return client
  }

  /** What somebody is told who may see what is public, and that it took no longer than it does otherwise. */
  async function told({ searching }: World): Promise<unknown> {
    const begun = performance.now()
    const { total, facets, degraded } = await searching.search(sight, { limit: 0, countFacets: ['topic'] })
    const ms = performance.now() - begun
    assert.ok(ms < soonMs, `it took ${Math.round(ms)} ms`)
    return { total, facets, degraded }
  }
  const telling = (counts: Readonly<Record<string, number>>): unknown => ({
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    facets: { topic: Object.entries(counts).map(([value, count]) => ({ value, count })) },
    degraded: false,
  })

  const batch = `INSERT INTO "lading_batches" ("id", "void", "at") VALUES ('held open', true, 0)`
  const holders: Readonly<Record<string, (schema: string) => readonly [url: string, sql: string]>> = {
    'in another database': () => [elsewhere, 'INSERT INTO public.unrelated VALUES (1)'],
    'on another table of the same one': () => [server.url, 'INSERT INTO public.unrelated VALUES (1)'],
    'that is a batch, and goes on': (own) => [server.url, `SET LOCAL search_path = "${own}"; ${batch}`],
  }
  const engines: Readonly<Record<string, () => Promise<SearchEngine>>> = {
    PostgreSQL: async () => await openPostgresqlSearch({ url: server.url, schema: `words_${++worlds}` }),
    memory: async () => openMemorySearch(),
  }
  for (const [engine, openEngine] of Object.entries(engines))
    for (const [which, holder] of Object.entries(holders)) {
      test(`${which}: searches of ${engine} are in time, and tell nothing of what was hidden`, async () => {
        await using world = await open(await openEngine())
        const { create, artifacts, test: core } = world.authors
        const make = async (slug: string, topic: string): Promise<string> =>
          (await create({ slug, metadata: { name: slug, topics: [topic] }, published: true })).id
        const show = async (id: string, visibility: 'public' | 'private'): Promise<unknown> =>
          await artifacts.update(core.caller, { id, visibility })
        const id = await make('hidden', 'zeppelins')
        await make('plain', 'balloons')
        assert.deepEqual(await world.searching.catchUp(10_000), ['main'])
        assert.deepEqual(await told(world), telling({ balloons: 1, zeppelins: 1 }))
        const client = await holding(...holder(world.schema))
        try {
          assert.deepEqual(await told(world), telling({ balloons: 1, zeppelins: 1 }))
          await show(id, 'private')
          assert.deepEqual(await told(world), telling({ balloons: 1 }))
          assert.deepEqual(await told(world), telling({ balloons: 1 }))
          const kites: string[] = []
          for (let n = 0; n < many; n++) kites.push(await make(`kite-${n}`, 'kites'))
          assert.deepEqual(await world.searching.catchUp(10_000), ['main'])
          assert.deepEqual(await told(world), telling({ kites: many, balloons: 1 }))
          for (const kite of kites) await show(kite, 'private')
          assert.deepEqual(await told(world), telling({ balloons: 1 }))
          await show(id, 'public')
          assert.deepEqual(await world.searching.catchUp(10_000), ['main'])
          assert.deepEqual(await told(world), telling({ balloons: 1, zeppelins: 1 }))
          await show(id, 'private')
          assert.deepEqual(await told(world), telling({ balloons: 1 }))
          const [lag] = await world.searching.lags()
          assert.equal(lag?.isReady, true)
          await client.query('ROLLBACK')
          assert.deepEqual(await told(world), telling({ balloons: 1 }))
          assert.deepEqual(await world.searching.catchUp(10_000), ['main'])
          assert.deepEqual(
            (await world.searching.lags()).map(({ entries }) => entries),
            [0],
          )
        } finally {
          await client.end()
        }
        const differences = []
        for await (const one of world.searching.compare('main', new AbortController().signal))
          differences.push(one)
        assert.deepEqual(differences, [])
      })
    }
})
