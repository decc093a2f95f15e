import { after, before, describe, test } from 'node:test'
import { openElasticsearch } from '../../../src/adapters/search/elasticsearch/open-elasticsearch.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'
import { type ElasticFront, startElasticFront } from './elastic-front.ts'
import { elasticHarness } from './elastic-harness.ts'

const { LADING_TEST_ELASTICSEARCH_URL: url } = process.env
const timeoutMs = 20_000

describe('search on Elasticsearch', {
  skip: url === undefined && 'no package registry has Elasticsearch; LADING_TEST_ELASTICSEARCH_URL names one',
}, () => {
  const node = url ?? ''
  const harness = elasticHarness(() => ({
    url: node,
    open: async (index) => await openElasticsearch({ node, index, timeoutMs }),
  }))
  for (const { name, run } of searchContract(harness)) test(name, run)
})

/** What its client sends is taken by OpenSearch too: all but the server is as it is with Elasticsearch. */
describe('search by the client of Elasticsearch, on an OpenSearch that says it is one', {
  skip: openSearchSkip,
}, () => {
  let server: OpenSearchServer
  let front: ElasticFront
  before(async () => {
    server = await startOpenSearchServer()
    front = await startElasticFront(server.url)
    front.means = async (_, behind) => {
      const answer = await behind()
      return { ...answer, headers: { ...answer.headers, 'x-elastic-product': 'Elasticsearch' } }
    }
  })
  after(async () => {
    await front?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const harness = elasticHarness(() => ({
    url: server.url,
    open: async (index) => await openElasticsearch({ node: front.url, index, timeoutMs }),
  }))
  for (const { name, run } of searchContract(harness)) test(name, run)
})
