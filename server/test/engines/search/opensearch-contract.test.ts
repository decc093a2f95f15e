import { after, before, describe, test } from 'node:test'
import { openOpenSearch } from '../../../src/adapters/search/opensearch/open-opensearch.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'
import {
  type OpenSearchServer,
  openSearchSkip,
  startOpenSearchServer,
} from '../../kit/servers/opensearch-server.ts'
import { elasticHarness } from './elastic-harness.ts'

describe('search on OpenSearch', { skip: openSearchSkip }, () => {
  let server: OpenSearchServer
  before(async () => {
    server = await startOpenSearchServer()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
  })

  const harness = elasticHarness(() => ({
    url: server.url,
    open: async (index) => await openOpenSearch({ node: server.url, index, timeoutMs: 20_000 }),
  }))
  for (const { name, run } of searchContract(harness)) test(name, run)
})
