import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openElasticsearch } from '../../../src/adapters/search/elasticsearch/open-elasticsearch.ts'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import type { ElasticOptions } from '../../../src/adapters/search/shared/elastic/options.ts'
import type { SearchErrorKind } from '../../../src/ports/search/errors.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { asked, documentOf, word } from '../../../src/ports/search/suite/harness.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { type FrontAnswer, type FrontMeans, json, startElasticFront } from './elastic-front.ts'

const secret = 'do-not-tell'
const timeoutMs = 5_000
const patient = (): AbortSignal => AbortSignal.timeout(20_000)

const calls: Readonly<Record<string, (engine: SearchEngine) => Promise<unknown>>> = {
  mark: (engine) => engine.mark(),
  query: (engine) => asked(engine, { clauses: [word('a')], facets: ['kind'] }),
  complete: (engine) => engine.complete({ text: 'a', sight: [{}], limit: 3 }, patient()),
  similar: (engine) => engine.similar({ words: [{ word: 'abcdef', edits: 1 }], sight: [{}] }, patient()),
  list: (engine) => engine.list(undefined, 3),
  rebuild: (engine) => engine.rebuild(),
}

const error = (type: string, status: number): FrontAnswer =>
  json(status, { error: { root_cause: [{ type, reason: 'so it is' }], type, reason: 'so it is' }, status })

const engines = [
  { name: 'OpenSearch', open: openOpenSearch, headers: {} },
  { name: 'Elasticsearch', open: openElasticsearch, headers: { 'x-elastic-product': 'Elasticsearch' } },
] as const

for (const { name, open, headers } of engines)
  describe(`where ${name} does not answer as it should`, () => {
    async function meeting(
      means: FrontMeans,
      check: (engine: SearchEngine, seen: readonly unknown[]) => Promise<void>,
      options: Partial<ElasticOptions> = {},
    ): Promise<void> {
      await using front = await startElasticFront()
      front.means = async (...asks) => {
        const answer = await means(...asks)
        return typeof answer === 'string' ? answer : { ...answer, headers: { ...answer.headers, ...headers } }
      }
      const user = { username: 'lading', password: secret }
      const engine = await open({
        node: front.url,
        timeoutMs,
        writeTimeoutMs: timeoutMs,
        ...user,
        ...options,
      })
      try {
        await check(engine, front.seen)
      } finally {
        await engine.close()
      }
    }

    async function fails(engine: SearchEngine, kind: SearchErrorKind, message = /./): Promise<void> {
      for (const [call, run] of Object.entries(calls))
        await assert.rejects(run(engine), (thrown: unknown) => {
          assert.ok(thrown instanceof SearchError, `${call}: ${String(thrown)}`)
          assert.equal(thrown.kind, kind, `${call}: ${thrown.message}`)
          assert.match(thrown.message, message, call)
          assert.doesNotMatch(
            JSON.stringify([thrown.message, thrown.stack, thrown.cause]),
            new RegExp(secret),
          )
          return true
        })
    }

    test('nobody there: it is unavailable, and no secret is told', async () => {
      const node = `http://lading:${secret}@127.0.0.1:${await freePort()}`
      const engine = await open({ node, timeoutMs })
      await fails(engine, 'unavailable', /cannot be reached/)
      await engine.close()
    })

    test('one node of two is down: the other one answers', async () => {
      const dead = `http://127.0.0.1:${await freePort()}`
      await using front = await startElasticFront()
      front.means = async () => ({
        ...json(200, { found: false }),
        headers: { 'content-type': 'application/json', ...headers },
      })
      const engine = await open({ node: [dead, front.url], timeoutMs })
      for (let n = 0; n < 4; n++) assert.equal(await engine.mark(), undefined)
      await engine.close()
    })

    test('silence ends in time', async () => {
      const began = performance.now()
      await meeting(
        async () => 'silence',
        async (engine) => await fails(engine, 'timeout', /within 300 ms/),
        { timeoutMs: 300, writeTimeoutMs: 300 },
      )
      assert.ok(performance.now() - began < 300 * 6 + 8_000)
    })

    test('who gives up is let go at once, with their own reason', async () => {
      await meeting(
        async () => 'silence',
        async (engine) => {
          const reason = new Error('enough')
          const ended = new AbortController()
          const waits = [
            engine.complete({ text: 'a', sight: [{}], limit: 3 }, ended.signal),
            engine.similar({ words: [{ word: 'abcdef', edits: 1 }], sight: [{}] }, ended.signal),
          ].map((wait) => assert.rejects(wait, reason))
          setImmediate(() => ended.abort(reason))
          await Promise.all(waits)
          const closed = assert.rejects(engine.mark(), { kind: 'closed' })
          await engine.close()
          await closed
        },
      )
    })

    test('a line that is cut, and answers of who stands before it, are no answers', async () => {
      const html = { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }
      const means: readonly FrontMeans[] = [
        async () => 'cut',
        async () => html,
        async () => ({ ...html, status: 404 }),
        async () => error('master_not_discovered_exception', 503),
        async () => json(500, { error: 'what' }),
      ]
      for (const one of means) await meeting(one, async (engine) => await fails(engine, 'unavailable'))
    })

    test('what is no JSON, or says something else, is not taken for an answer', async () => {
      const bodies = [
        '',
        '{',
        'null',
        '[]',
        '{}',
        '3',
        '"text"',
        '{"responses":[]}',
        '{"responses":[null]}',
        '<p>',
      ]
      for (const body of bodies)
        await meeting(
          async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }),
          async (engine) => {
            const { mark: _, rebuild: __, ...searches } = calls
            for (const [call, run] of Object.entries(searches))
              await assert.rejects(
                run(engine),
                { name: 'SearchError', kind: 'unavailable' },
                `${call} ${body}`,
              )
            const mark = await engine.mark().catch((thrown: unknown) => thrown)
            assert.ok(mark === undefined || mark instanceof SearchError, body)
          },
        )
    })

    test('a part of an answer is none', async () => {
      const whole = {
        timed_out: false,
        _shards: { total: 2, successful: 2 },
        hits: { hits: [] },
        status: 200,
      }
      for (const part of [
        { timed_out: true },
        { _shards: { total: 2, successful: 1 } },
        { _shards: { total: 0, successful: 0 } },
      ])
        await meeting(
          async () => json(200, { responses: [{ ...whole, ...part }] }),
          async (engine) => await assert.rejects(engine.list(undefined, 3), { kind: 'unavailable' }),
        )
      await meeting(
        async () => json(200, { responses: [whole] }),
        async (engine) => assert.deepEqual(await engine.list(undefined, 3), []),
      )
    })

    test('who is not known, or may not, is told what to do', async () => {
      const unknown = {
        status: 401,
        headers: { 'content-type': 'text/plain' },
        body: `Unauthorized ${secret}`,
      }
      await meeting(
        async () => unknown,
        async (engine) => await fails(engine, 'refused', /configure/),
      )
      await meeting(
        async () => error('security_exception', 403),
        async (engine) => await fails(engine, 'refused', /rights to the index/),
      )
    })

    test('busy, it is asked again a few times and no more', async () => {
      let left = 2
      await meeting(
        async () =>
          left-- > 0 ? error('es_rejected_execution_exception', 429) : json(200, { found: false }),
        async (engine, seen) => {
          assert.equal(await engine.mark(), undefined)
          assert.equal(seen.length, 3)
        },
      )
      await meeting(
        async () => error('rejected_execution_exception', 429),
        async (engine, seen) => {
          await assert.rejects(engine.mark(), { kind: 'unavailable' })
          assert.equal(seen.length, 3)
        },
        { retries: 2 },
      )
    })

    test('a disk that is full, and what is too long, are refused without another try', async () => {
      for (const status of [403, 429])
        await meeting(
          async () => error('cluster_block_exception', status),
          async (engine, seen) => {
            await assert.rejects(engine.rebuild(), { kind: 'refused', message: /disk/ })
            assert.equal(seen.length, 1)
          },
        )
      await meeting(
        async () => json(413, {}),
        async (engine) => await fails(engine, 'refused', /http\.max_content_length/),
      )
      await meeting(
        async () => error('too_many_nested_clauses', 400),
        async (engine) =>
          await assert.rejects(engine.list(undefined, 1), { kind: 'refused', message: /max_clause_count/ }),
      )
    })

    test('of changes those that it was too busy for are sent again, and no others', async () => {
      const place = {
        _index: 'lading-1-5',
        _seq_no: 3,
        _primary_term: 1,
        found: true,
        _source: { stored: { mark: 'one' } },
      }
      const busy = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'busy' } }
      const sent: string[][] = []
      const means: FrontMeans = async ({ method, path, body }) => {
        if (method === 'GET') return json(200, place)
        if (method === 'PUT') return json(200, { result: 'updated' })
        assert.match(path, /^\/lading-1-5-w\/_bulk\?.*require_alias=true/)
        const ids = [...body.matchAll(/"_id":"d:(\w+)"/g)].map(([, id]) => id ?? '')
        sent.push(ids)
        const items = ids.map((id) => ({ index: id === 'b' && sent.length < 3 ? busy : { status: 201 } }))
        return json(200, { errors: true, items })
      }
      const changes = ['a', 'b', 'c'].map((id) => ({ do: 'put', document: documentOf(id) }) as const)
      await meeting(means, async (engine) => {
        assert.equal(await engine.apply(changes, 'one', 'two'), 'applied')
        assert.deepEqual(sent, [['a', 'b', 'c'], ['b'], ['b']])
      })
      const refused: FrontMeans = async ({ method }) =>
        method === 'GET'
          ? json(200, place)
          : json(200, {
              items: [{ index: { status: 400, error: { type: 'mapper_parsing_exception', reason: 'no' } } }],
            })
      await meeting(refused, async (engine) => {
        await assert.rejects(engine.apply(changes.slice(0, 1), 'one', 'two'), { kind: 'refused' })
        await assert.rejects(engine.apply(changes, 'one', 'two'), { kind: 'unavailable' })
      })
    })
  })

test('the client of Elasticsearch that meets something else says which engine is for it', async () => {
  await using front = await startElasticFront()
  front.means = async () => json(200, { found: false })
  const engine = await openElasticsearch({ node: front.url, timeoutMs })
  await assert.rejects(engine.mark(), { kind: 'refused', message: /configure the engine for OpenSearch/ })
  await engine.close()
})

test('options that are none are told, and secrets in them are not', async () => {
  const wrong: readonly Partial<ElasticOptions>[] = [
    { node: `nonsense ${secret}` },
    { node: `ftp://u:${secret}@host` },
    { node: `http://u:${secret}@host/?a=b` },
    { node: [] },
    { index: 'Lading' },
    { index: 'a*' },
    { shards: 0 },
    { timeoutMs: 0.5 },
    { abandonedMs: 10 },
    { ca: secret },
    { password: secret },
    { username: 'u', password: secret, apiKey: secret },
  ]
  for (const { open } of engines)
    for (const options of wrong)
      await assert.rejects(open({ node: 'http://127.0.0.1:1', ...options }), (thrown: unknown) => {
        assert.ok(thrown instanceof RangeError || thrown instanceof TypeError, JSON.stringify(options))
        assert.doesNotMatch(thrown.message, new RegExp(secret))
        return true
      })
})
