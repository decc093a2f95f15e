import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client as ElasticsearchClient, errors as elasticsearchErrors } from '@elastic/elasticsearch'
import { Client, errors } from '@opensearch-project/opensearch'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'

/** Of one question of a client that does not ask twice. */
const requestTimeout = 20_000

describe('the OpenSearch of the tests', { skip: openSearchSkip }, () => {
  let server: OpenSearchServer
  let client: Client
  before(async () => {
    server = await startOpenSearchServer()
    client = new Client({ node: server.url, maxRetries: 0, requestTimeout })
  })
  after(async () => {
    await client?.close()
    await server?.[Symbol.asyncDispose]()
  })

  test('is the version that was installed', async () => {
    const { version } = (await client.info()).body
    assert.deepEqual([version.distribution, version.number], ['opensearch', '2.19.1'])
  })

  test('finds and counts through an alias what one bulk has brought', async () => {
    await createIndex('images-1', { images: {} })
    await bulk('images', { crane: 'tool', helm: 'tool', debian: 'system' })
    // The client's types do not know of the field.
    const terms = { field: 'kind', order: [{ _count: 'desc' as const }, { _key: 'asc' as const }] }
    const { body } = await client.search({
      index: 'images',
      body: {
        query: { terms: { name: ['crane', 'debian'] } },
        sort: ['name'],
        aggs: { kinds: { terms } },
      },
    })
    assert.deepEqual(body.hits.total, { value: 2, relation: 'eq' })
    assert.deepEqual(
      body.hits.hits.map(({ _index, _id, _source }) => ({ _index, _id, _source })),
      [
        { _index: 'images-1', _id: 'crane', _source: { name: 'crane', kind: 'tool' } },
        { _index: 'images-1', _id: 'debian', _source: { name: 'debian', kind: 'system' } },
      ],
    )
    assert.deepEqual(body.aggregations?.['kinds'], {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 0,
      buckets: [
        { key: 'system', doc_count: 1 },
        { key: 'tool', doc_count: 1 },
      ],
    })
  })

  test('takes a change of what was read once, and not from who read it before', async () => {
    await createIndex('once')
    await bulk('once', { crane: 'tool' })
    const { body: read } = await client.get({ index: 'once', id: 'crane' })
    const change = (kind: string): Promise<unknown> =>
      client.index({
        index: 'once',
        id: 'crane',
        if_seq_no: read._seq_no!,
        if_primary_term: read._primary_term!,
        body: { name: 'crane', kind },
      })
    await change('bird')
    await assert.rejects(change('machine'), (error: unknown) => {
      assert.ok(error instanceof errors.ResponseError)
      assert.equal(error.statusCode, 409)
      assert.equal(error.body['error'].type, 'version_conflict_engine_exception')
      return true
    })
    assert.deepEqual((await client.get({ index: 'once', id: 'crane' })).body._source, {
      name: 'crane',
      kind: 'bird',
    })
  })

  test('turns an alias to another index in one call', async () => {
    await createIndex('made-1', { made: {} })
    await createIndex('made-2')
    await client.indices.updateAliases({
      body: {
        actions: [
          { remove: { index: 'made-1', alias: 'made', must_exist: true } },
          { add: { index: 'made-2', alias: 'made' } },
        ],
      },
    })
    const { body } = await client.indices.getAlias({ name: 'made' })
    assert.deepEqual(body, { 'made-2': { aliases: { made: {} } } })
  })

  test('is refused by the client of Elasticsearch, which is for Elasticsearch alone', async () => {
    const other = new ElasticsearchClient({ node: server.url, maxRetries: 0, requestTimeout })
    try {
      await assert.rejects(other.info(), elasticsearchErrors.ProductNotSupportedError)
    } finally {
      await other.close()
    }
  })

  test('frozen it is silent, and killed it refuses; started again it has what was acknowledged', async () => {
    await createIndex('kept')
    await bulk('kept', { crane: 'tool' })
    server.freeze()
    await assert.rejects(
      client.get({ index: 'kept', id: 'crane' }, { requestTimeout: 200 }),
      errors.TimeoutError,
    )
    server.thaw()
    assert.equal((await client.get({ index: 'kept', id: 'crane' })).body.found, true)
    await server.kill()
    await assert.rejects(client.get({ index: 'kept', id: 'crane' }), errors.ConnectionError)
    await server.start()
    assert.equal((await client.count({ index: 'kept' })).body.count, 1)
  })

  async function createIndex(index: string, aliases: Readonly<Record<string, object>> = {}): Promise<void> {
    const properties = { name: { type: 'keyword' }, kind: { type: 'keyword' } } as const
    const settings = { number_of_shards: 1, number_of_replicas: 0 }
    await client.indices.create({
      index,
      body: { settings, mappings: { dynamic: 'strict', properties }, aliases },
    })
  }

  async function bulk(index: string, kinds: Readonly<Record<string, string>>): Promise<void> {
    const body = Object.entries(kinds).flatMap(([name, kind]) => [{ index: { _id: name } }, { name, kind }])
    const { body: answer } = await client.bulk({ index, refresh: true, body })
    assert.equal(answer.errors, false, JSON.stringify(answer.items))
  }
})
