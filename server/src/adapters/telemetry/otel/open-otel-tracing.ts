import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TraceContext } from '../../../domain/trace-context.ts'
import type { Telemetry } from '../../../ports/telemetry/telemetry.ts'
import type { RequestBegin, RequestEnd, RequestSpan, Tracing } from '../../../ports/telemetry/tracing.ts'
import { type SamplerChoice, samplerOf } from './sampler-of.ts'

export interface OtelTracingOptions extends SamplerChoice {
  /** Of the collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly version: string
  /** Told what the collector does not take. */
  readonly telemetry: Pick<Telemetry, 'warn'>
}

/** What is left at the end has so long to be sent. */
const closeMs = 2000

/** Spans by OTLP over HTTP, named and described as the semantic conventions for HTTP servers say. */
export function openOtelTracing(options: OtelTracingOptions): Tracing {
  const { endpoint, headers, serviceName, version, telemetry } = options
  const tell = (reason: string): void => telemetry.warn('traces are not all sent', { reason })
  hearTrouble(tell)
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { ...headers } })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    sampler: samplerOf(options),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  return new OtelTracing(provider, tell)
}

class OtelTracing implements Tracing {
  readonly #provider: TracerProvider
  readonly #tracer: Tracer
  readonly #tell: (reason: string) => void
  readonly #current = new AsyncLocalStorage<Context>()

  constructor(provider: TracerProvider, tell: (reason: string) => void) {
    this.#provider = provider
    this.#tell = tell
    this.#tracer = provider.getTracer('lading')
  }

  request({ method, path, scheme, address, requestId, parent }: RequestBegin): RequestSpan {
    const attributes = {
      'http.request.method': method,
      'url.path': path,
      'url.scheme': scheme,
      'lading.request.id': requestId,
      ...(address === undefined ? {} : { 'client.address': address }),
    }
    const from = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent))
    const span = this.#tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, from)
    const { traceId, spanId, traceFlags } = span.spanContext()
    const within = trace.setSpan(from, span)
    return {
      trace: { traceId, parentId: spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
      run: (work) => this.#current.run(within, work),
      end: (end) => endRequest(span, method, end),
    }
  }

  async span<T>(name: string, work: () => Promise<T>): Promise<T> {
    const around = this.#current.getStore()
    if (around === undefined) return await work()
    const span = this.#tracer.startSpan(name, {}, around)
    try {
      return await work()
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof Error ? error.message : String(error),
      })
      throw error
    } finally {
      span.end()
    }
  }

  async close(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, closeMs)
    const sent = this.#provider.shutdown().catch((error: unknown) => this.#tell(reasonOf(error)))
    await Promise.race([sent, late.promise])
    clearTimeout(timer)
  }
}

function remote({ traceId, parentId, sampled }: TraceContext): Parameters<typeof trace.setSpanContext>[1] {
  return {
    traceId,
    spanId: parentId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  }
}

/** The route is known only now. A client's mistake is no error of the server. */
function endRequest(span: Span, method: string, { route, status, complete }: RequestEnd): void {
  span.updateName(`${method} ${route}`)
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status })
  if (status >= 500) {
    span.setAttribute('error.type', String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  } else if (!complete) span.setAttribute('lading.response.complete', false)
  span.end()
}

/** The packages tell what goes wrong through one place of theirs, an error as JSON with all that it has. */
function hearTrouble(tell: (reason: string) => void): void {
  const hear = (message: string): void => tell(reasonOf(message))
  const ignore = (): void => {}
  diag.setLogger(
    { error: hear, warn: hear, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message
  const text = String(error)
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    return typeof message === 'string' ? message : text
  } catch {
    return text
  }
}
