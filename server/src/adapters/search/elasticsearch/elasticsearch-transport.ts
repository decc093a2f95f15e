import { Client, errors } from '@elastic/elasticsearch'
import { SearchError } from '../../../ports/search/errors.ts'
import { reachErrorOf } from '../shared/elastic/reach-error-of.ts'
import type { ServerAddress } from '../shared/elastic/server-address.ts'
import type { ElasticAnswer, ElasticTransport } from '../shared/elastic/transport.ts'

const product = 'Elasticsearch'
/** Of no version: the client's own types are taken by servers of its own version alone. */
const types = { accept: 'application/json', 'content-type': 'application/json' }

export function elasticsearchTransport({ nodes, user, headers, ca }: ServerAddress): ElasticTransport {
  const client = new Client({
    nodes: [...nodes],
    headers: { ...headers },
    ...(user && { auth: { ...user } }),
    ...(ca !== undefined && { tls: { ca } }),
    // A node that is down is passed over; all else is tried again by the engine.
    maxRetries: nodes.length - 1,
  })
  return {
    product,
    send: async (
      { method, path, parameters, body, lines },
      { signal, timeoutMs },
    ): Promise<ElasticAnswer> => {
      const request = {
        method,
        path,
        ...(parameters && { querystring: { ...parameters } }),
        ...(body !== undefined && { body: { ...body } }),
        ...(lines !== undefined && { bulkBody: lines }),
      }
      const asLines = lines === undefined ? types : { ...types, 'content-type': 'application/x-ndjson' }
      try {
        const options = { requestTimeout: timeoutMs, signal, headers: asLines, meta: true } as const
        const answer = await client.transport.request(request, options)
        return { status: answer.statusCode, body: answer.body }
      } catch (error) {
        // What says no is an answer too.
        if (error instanceof errors.ResponseError) return { status: error.statusCode ?? 0, body: error.body }
        throw searchErrorOfClient(error)
      }
    },
    close: () => client.close(),
  }
}

function searchErrorOfClient(error: unknown): SearchError {
  if (error instanceof errors.ProductNotSupportedError)
    return new SearchError(
      'refused',
      'what answers is not Elasticsearch: where it is OpenSearch, configure the engine for OpenSearch',
    )
  if (error instanceof errors.TimeoutError)
    return new SearchError('timeout', `${product} did not answer in time`)
  return reachErrorOf(product, error)
}
