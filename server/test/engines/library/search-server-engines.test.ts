import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  ElasticsearchEngine,
  MemoryBackend,
  OpenSearchEngine,
  RegistryManager,
  type SearchServerOptions,
  unwrap,
} from '../../../src/library/index.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { openSearchSkip, startOpenSearchServer } from '../../kit/servers/opensearch-server.ts'
import { usual } from '../../library/manager/world.ts'

const engines = [OpenSearchEngine, ElasticsearchEngine] as const

describe('search servers of the library', () => {
  test('refuse at once what cannot be an option, and show no secret', () => {
    const node = 'http://127.0.0.1:9200'
    const wrong: readonly [SearchServerOptions, RegExp][] = [
      [{ node: 'nowhere' }, /^TypeError: .*address/],
      [{ node: [] }, /^TypeError: .*address/],
      [{ node: 'ftp://ada:secret@127.0.0.1' }, /^TypeError: .*address/],
      [{ node, password: 'secret' }, /^TypeError: .*username/],
      [{ node, username: 'ada', password: 'secret', apiKey: 'secret' }, /^TypeError: .*either/],
      [{ node, ca: 'secret' }, /^TypeError: .*TLS/],
      [{ node, index: 'Upper' }, /^RangeError: .*index/],
      [{ node, timeout: 0 }, /^RangeError: timeoutMs/],
      [{ node, writeTimeout: 1.5 }, /^RangeError: writeTimeoutMs/],
      [{ node, retries: -1 }, /^RangeError: retries/],
    ]
    for (const Engine of engines)
      for (const [options, told] of wrong)
        assert.throws(
          () => new Engine(options),
          (error) => told.test(String(error)) && !String(error).includes('secret'),
        )
  })

  test('which are not there make no start fail, and a search UNAVAILABLE', async () => {
    for (const Engine of engines) {
      const node = `http://127.0.0.1:${await freePort()}`
      await using engine = new Engine({ node, timeout: 2_000, retries: 0 })
      const backend = new MemoryBackend({ jobs: false, report: () => {} })
      unwrap(await backend.connect())
      const registry = new RegistryManager(backend, undefined, engine, { search: { wait: 5_000 } })
      await registry.create(usual)
      await assert.rejects(registry.search({ query: 'ada' }), { code: 'UNAVAILABLE' })
      unwrap(await backend.disconnect())
    }
  })

  test('an OpenSearch finds for one process what another has made', { skip: openSearchSkip }, async () => {
    await using server = await startOpenSearchServer()
    await using engine = new OpenSearchEngine({ node: server.url, index: 'library', timeout: 20_000 })
    const backend = new MemoryBackend({ jobs: false })
    unwrap(await backend.connect())
    const registry = new RegistryManager(backend, undefined, engine, {
      search: { wait: 60_000, timeout: 20_000 },
    })
    const { id } = await registry.create({ ...usual, tags: ['counts'] })
    await using other = new OpenSearchEngine({ node: server.url, index: 'library', timeout: 20_000 })
    const second = new RegistryManager(backend, undefined, other, {
      search: { wait: 60_000, timeout: 20_000 },
    })
    for (const one of [registry, second]) {
      const page = await one.searchPage({ query: 'reviewer', facets: ['tags'] })
      assert.deepEqual(
        [page.items.map(({ artifact }) => artifact.id), page.total, page.facets, page.stale],
        [[id], 1, { tags: [{ value: 'counts', count: 1 }] }, false],
      )
    }
    unwrap(await backend.disconnect())
  })
})
