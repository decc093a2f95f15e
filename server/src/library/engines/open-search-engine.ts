import { LateSearchEngine } from './late-search-engine.ts'
import { elasticOptions, type SearchServerOptions } from './search-server-options.ts'

/** An index in OpenSearch 2 or later, which all processes of a registry share. A server that is not there makes no start fail. */
export class OpenSearchEngine extends LateSearchEngine {
  /** @throws RangeError for a bound, TypeError for an address that is none */
  constructor(options: SearchServerOptions) {
    const checked = elasticOptions(options)
    super({ shared: true, durable: true }, async () => {
      const { openOpenSearch } = await import('../../adapters/search/opensearch/open-opensearch.ts')
      return await openOpenSearch(checked)
    })
  }
}
