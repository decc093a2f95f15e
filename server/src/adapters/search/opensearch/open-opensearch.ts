import type { SearchEngine } from '../../../ports/search/search.ts'
import { elasticEngine } from '../shared/elastic/elastic-engine.ts'
import { type ElasticOptions, settingsOf } from '../shared/elastic/options.ts'
import { serverAddressOf } from '../shared/elastic/server-address.ts'
import { openSearchTransport } from './opensearch-transport.ts'

export type OpenSearchOptions = ElasticOptions

/**
 * Over an OpenSearch cluster of version 2 or later, which others may use too. Opens at once: while nobody can be reached there
 * every call fails, and once somebody can they do not any more.
 * @throws RangeError for a bound, TypeError for an address that is none
 */
export async function openOpenSearch(options: OpenSearchOptions): Promise<SearchEngine> {
  const settings = settingsOf(options)
  return elasticEngine(openSearchTransport(serverAddressOf(options)), settings)
}
