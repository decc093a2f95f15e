import type { Config } from '../../config/config.ts'
import type { Exchange } from '../../http/exchange.ts'
import { statusSent } from '../../http/listen.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import type { Tracing } from '../../ports/telemetry/tracing.ts'
import { ladingVersion } from '../lading-version.ts'

/** undefined where no collector is named: then not even the code is loaded. */
export async function openTracing({ traces }: Config, telemetry: Telemetry): Promise<Tracing | undefined> {
  const { endpoint } = traces
  if (endpoint === undefined) return undefined
  const { openOtelTracing } = await import('../../adapters/telemetry/otel/open-otel-tracing.ts')
  return openOtelTracing({ ...traces, endpoint, version: ladingVersion(), telemetry })
}

/** A span around each request. */
export function traceRequests(
  tracing: Tracing,
  scheme: 'http' | 'https',
): (exchange: Exchange, serve: () => void) => void {
  return (exchange, serve) => {
    const { method, path, address, requestId, response } = exchange
    const span = tracing.request({ method, path, scheme, address, requestId, parent: exchange.trace })
    exchange.trace = span.trace
    response.once('close', () =>
      span.end({ route: exchange.route, status: statusSent(response), complete: response.writableFinished }),
    )
    span.run(serve)
  }
}
