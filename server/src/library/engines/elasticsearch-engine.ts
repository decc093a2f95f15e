import { LateSearchEngine } from './late-search-engine.ts'
import { elasticOptions, type SearchServerOptions } from './search-server-options.ts'

/** An index in Elasticsearch 8 or later, which all processes of a registry share. A server that is not there makes no start fail. */
export class ElasticsearchEngine extends LateSearchEngine {
  /** @throws RangeError for a bound, TypeError for an address that is none */
  constructor(options: SearchServerOptions) {
    const checked = elasticOptions(options)
    super({ shared: true, durable: true }, async () => {
      const { openElasticsearch } = await import('../../adapters/search/elasticsearch/open-elasticsearch.ts')
      return await openElasticsearch(checked)
    })
  }
}
