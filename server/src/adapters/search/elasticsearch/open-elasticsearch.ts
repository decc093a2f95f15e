import type { SearchEngine } from '../../../ports/search/search.ts'
import { elasticEngine } from '../shared/elastic/elastic-engine.ts'
import { type ElasticOptions, settingsOf } from '../shared/elastic/options.ts'
import { serverAddressOf } from '../shared/elastic/server-address.ts'
import { elasticsearchTransport } from './elasticsearch-transport.ts'

export type ElasticsearchOptions = ElasticOptions

/**
 * Over an Elasticsearch cluster of version 8 or later, which others may use too. Opens at once: while nobody can be reached
 * there every call fails, and once somebody can they do not any more.
 * @throws RangeError for a bound, TypeError for an address that is none
 */
export async function openElasticsearch(options: ElasticsearchOptions): Promise<SearchEngine> {
  const settings = settingsOf(options)
  return elasticEngine(elasticsearchTransport(serverAddressOf(options)), settings)
}
