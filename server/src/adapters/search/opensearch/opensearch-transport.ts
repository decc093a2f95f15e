import { Client, errors } from '@opensearch-project/opensearch'
import { SearchError } from '../../../ports/search/errors.ts'
import { reachErrorOf } from '../shared/elastic/reach-error-of.ts'
import type { ServerAddress } from '../shared/elastic/server-address.ts'
import type { ElasticAnswer, ElasticTransport } from '../shared/elastic/transport.ts'

const product = 'OpenSearch'

export function openSearchTransport({ nodes, user, headers, ca }: ServerAddress): ElasticTransport {
  const client = new Client({
    nodes: [...nodes],
    headers: { ...headers },
    ...(user && { auth: { ...user } }),
    ...(ca !== undefined && { ssl: { ca } }),
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
        ...(body !== undefined && { body }),
        ...(lines !== undefined && { bulkBody: lines }),
      }
      const call = client.transport.request(request, { requestTimeout: timeoutMs })
      const end = (): void => {
        // What it returns is the call: a listener that returned that would have its failure thrown at the process.
        call.abort()
      }
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
      try {
        const answer = await call
        return { status: answer.statusCode ?? 0, body: answer.body }
      } catch (error) {
        // What says no is an answer too.
        if (error instanceof errors.ResponseError) return { status: error.statusCode, body: error.body }
        throw searchErrorOfClient(error)
      } finally {
        signal.removeEventListener('abort', end)
      }
    },
    close: () => client.close(),
  }
}

function searchErrorOfClient(error: unknown): SearchError {
  if (error instanceof errors.TimeoutError)
    return new SearchError('timeout', `${product} did not answer in time`)
  return reachErrorOf(product, error)
}
