import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import { kept } from '../../../src/adapters/search/shared/elastic/index-body.ts'
import type { IndexDifference } from '../../../src/boot/compose/searching.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'
import { until } from '../../kit/until.ts'
import {
  type ElasticFront,
  type FrontAnswer,
  type FrontMeans,
  json,
  passOn,
  startElasticFront,
} from './elastic-front.ts'
import { freshIndex, indicesOf, removeIndices } from './elastic-harness.ts'
import { chanceOf } from './random-index.ts'
import { SearchLoad } from './search-load.ts'

/** Of one engine. Both may be asked, and the machine may be busy. */
const timeout = 1_500
const mostMs = 2 * timeout + 3_000
const { LADING_SEARCH_FAULT_ROUNDS, LADING_FAULT_SEED } = process.env
const rounds = Number(LADING_SEARCH_FAULT_ROUNDS ?? 1)
const seed = Number(LADING_FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31))
const signal = new AbortController().signal

const isDegraded = ({ degraded }: { readonly degraded: boolean }): boolean => degraded
const isWhole = ({ degraded }: { readonly degraded: boolean }): boolean => !degraded

describe('a registry beside an OpenSearch that fails', { skip: openSearchSkip }, () => {
  let server: OpenSearchServer
  let front: ElasticFront
  let engine: SearchEngine
  let world: SearchedRegistry
  let isOver = false
  let visible = 0
  let ticking: Promise<void>
  const index = freshIndex()

  before(async () => {
    server = await startOpenSearchServer()
    front = await startElasticFront(server.url)
    engine = await openOpenSearch({
      node: front.url,
      index,
      timeoutMs: timeout,
      writeTimeoutMs: 3_000,
      retries: 1,
    })
    const parts = {
      main: { name: 'opensearch', engine },
      fallback: { name: 'own', engine: openMemorySearch() },
      ...{ timeout, pause: 300, interval: 50 },
    }
    world = await startSearchedRegistry({ engines: 'disk' }, parts)
    // Its clock goes as time does.
    ticking = (async () => {
      for (let last = Math.floor(performance.now()); !isOver; ) {
        await pause(20)
        const now = Math.floor(performance.now())
        await world.registry.clock.advance(now - last)
        last = now
      }
    })()
    world.searching.follow()
  })
  after(async () => {
    isOver = true
    await ticking
    await world?.[Symbol.asyncDispose]()
    await engine?.close()
    await front?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  async function tell(method: string, path: string, body?: object): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  }

  /** The index that is asked: others may lie about, which somebody has begun and given up. */
  async function standing(): Promise<string> {
    const answer = await fetch(`${server.url}/_alias/${index}`)
    return Object.keys((await answer.json()) as object)[0] ?? ''
  }

  async function compared(): Promise<readonly IndexDifference[]> {
    const found: IndexDifference[] = []
    for await (const one of world.searching.compare('opensearch', signal)) found.push(one)
    return found
  }

  /** Under load, whatever is done meanwhile: it ends as well as it began. */
  async function through(what: (load: SearchLoad) => Promise<void>): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await using load = new SearchLoad(world, { chance: chanceOf(seed + round), mostMs })
      load.start()
      await load.sees(5, isWhole)
      await what(load)
      await load.sees(5, isWhole)
      visible += await load.end()
      await until(
        async () => world.searching.isWhole && (await compared().catch(() => ['later'])).length === 0,
      )
      for (const sort of ['relevance', 'name'] as const) {
        const found = await world.searching.search([{ visibilities: ['public'] }], { limit: 1, sort })
        assert.deepEqual([found.degraded, found.total], [false, visible])
      }
    }
  }

  async function meeting(means: FrontMeans): Promise<void> {
    await through(async (load) => {
      front.means = means
      await load.sees(8, isDegraded)
      front.means = passOn
    })
  }

  it('goes on while it is killed, and after it has come back', async (context) => {
    context.diagnostic(`LADING_FAULT_SEED=${seed}`)
    await through(async (load) => {
      await server.kill()
      await load.sees(20, isDegraded)
      await server.start()
    })
  })

  it('goes on while it is stopped for longer than anybody waits', async () => {
    await through(async (load) => {
      server.freeze()
      await load.sees(20, isDegraded)
      // Few wait for it: who comes while somebody tries does not.
      const slow = load.answers.slice(-10).filter(({ ms }) => ms > timeout)
      assert.ok(slow.length <= 5, JSON.stringify(slow))
      server.thaw()
    })
  })

  it('goes on while it is slow', async () => {
    await meeting(async (_, behind) => {
      await pause(timeout + 500)
      return await behind()
    })
  })

  const page = (body: string, type = 'application/json'): FrontAnswer => ({
    status: 200,
    headers: { 'content-type': type },
    body,
  })
  const odd: Readonly<Record<string, FrontMeans>> = {
    'what is no JSON': async () => page('<html>It works!</html>', 'text/html'),
    'JSON of something else': async () => page('{"ok":true}'),
    'half of every answer': async (_, behind) => {
      const { body, ...rest } = await behind()
      return { ...rest, body: body.slice(0, body.length / 2) }
    },
    'with another type of content': async (_, behind) => {
      const { body } = await behind()
      return page(body, 'application/octet-stream')
    },
    nothing: async () => 'cut',
    'that it is too busy': async () => json(429, { error: { type: 'es_rejected_execution_exception' } }),
    'of every change that it is no document': async ({ path, body }, behind) => {
      if (!path.includes('_bulk')) return await behind()
      const count = body.split('\n').filter((line) => line.includes('"_id"')).length
      const item = { index: { status: 400, error: { type: 'mapper_parsing_exception', reason: 'no' } } }
      return json(200, { errors: true, items: Array.from({ length: count }, () => item) })
    },
    'of every change that it is too busy': async ({ path, body }, behind) => {
      if (!path.includes('_bulk')) return await behind()
      const count = body.split('\n').filter((line) => line.includes('"_id"')).length
      const item = {
        index: { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'busy' } },
      }
      return json(200, { errors: true, items: Array.from({ length: count }, () => item) })
    },
  }
  // An answer that holds all that was asked for is one, whatever it is called.
  for (const [what, means] of Object.entries(odd))
    it(`goes on while it answers ${what}`, async () => await meeting(means))

  it('goes on while it takes no changes', async () => {
    await through(async (load) => {
      await tell('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': true })
      await load.sees(8, isDegraded)
      await tell('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': null })
    })
  })

  it('builds its index again where somebody has removed it', async () => {
    await through(async (load) => {
      await removeIndices(server.url, index)
      await load.sees(10, () => true)
    })
  })

  it('builds its index again where its name was given to another one', async () => {
    const properties = { kept: { type: 'keyword' }, stored: { type: 'object' } }
    await through(async (load) => {
      const present = await standing()
      await tell('PUT', `${index}-foreign`, { mappings: { properties } })
      await tell('PUT', `${index}-foreign/_doc/1?refresh=true`, { kept: 'document-2', stored: { id: 'a' } })
      await tell('POST', '_aliases', {
        actions: [
          { remove: { index: present, alias: index } },
          { add: { index: `${index}-foreign`, alias: index } },
        ],
      })
      await load.sees(10, () => true)
    })
    assert.equal((await indicesOf(server.url, index)).includes(`${index}-foreign`), false)
  })

  it('finds what somebody has changed, removed and added behind its back, and builds the index again', async () => {
    await through(async () => {})
    for (const mend of [
      async () => void (await world.searching.reindex('opensearch', signal)),
      async () => {
        await world.registry.clock.advance(120_000)
        assert.deepEqual(await world.searching.mend(signal), { opensearch: 4 })
      },
    ]) {
      const [changed = '', spoilt = '', removed = ''] = (await engine.list(undefined, 3)).map(({ id }) => id)
      const { _source: source } = (await (
        await fetch(`${server.url}/${index}/_doc/d%3A${changed}`)
      ).json()) as {
        _source: { stored: object }
      }
      const present = await standing()
      const other = { kept: kept.document, id: changed, text: { all: ['common'] }, ...source }
      await tell('PUT', `${present}/_doc/d%3A${changed}`, other)
      await tell('POST', `${present}/_update/d%3A${spoilt}`, {
        doc: { stored: { words: { name: 'other' } } },
      })
      await tell('DELETE', `${present}/_doc/d%3A${removed}`)
      const added = { stored: { id: '~', version: 1, words: {} }, kept: kept.document, id: '~' }
      await tell('PUT', `${present}/_doc/d%3A~?refresh=true`, added)
      assert.deepEqual(await compared(), [
        { id: changed, why: 'stale' },
        { id: spoilt, why: 'missing' },
        { id: removed, why: 'missing' },
        { id: '~', why: 'surplus' },
      ])
      await mend()
      assert.deepEqual(await compared(), [])
    }
  })
})
