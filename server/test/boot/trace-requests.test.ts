import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import type { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import type { Config } from '../../src/config/config.ts'
import { ask } from '../kit/http-client.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

interface SentSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly status: { readonly code?: number }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

interface Received {
  readonly path: string
  readonly token: unknown
  readonly resource: Readonly<Record<string, unknown>>
  readonly spans: readonly SentSpan[]
}

/** A collector for OTLP over HTTP, in JSON. */
async function collector(status = 200): Promise<AsyncDisposable & { url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    // biome-ignore lint/suspicious/noExplicitAny: what a test says of it fails where it is otherwise
    const body = (await json(request)) as any
    for (const { resource, scopeSpans } of body.resourceSpans) {
      received.push({
        path: request.url ?? '',
        token: request.headers['x-token'],
        resource: valuesOf(resource.attributes),
        spans: scopeSpans.flatMap(({ spans }: { spans: SentSpan[] }) => spans),
      })
    }
    response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function valuesOf(attributes: SentSpan['attributes']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
})

/** What a push, a pull in the client's trace and a failure are sent as, when the registry has ended. */
async function traced(
  endpoint: string,
  traces: Partial<Config['traces']> = {},
): Promise<{ telemetry: MemoryTelemetry }> {
  const registry = await startTestRegistry({ traces: { endpoint, ...traces }, logLevel: 'debug' })
  try {
    const path = '/v2/acme/app/manifests/v1'
    const headers = { 'Content-Type': 'application/vnd.oci.image.index.v1+json', 'X-Request-Id': 'push-1' }
    assert.equal((await ask(registry.url, { method: 'PUT', path, headers, body: manifest })).status, 201)
    for (const flags of ['01', '00']) {
      const traceparent = `00-${traceId}-${parentId}-${flags}`
      assert.equal((await ask(registry.url, { path, headers: { traceparent } })).status, 200)
    }
    return { telemetry: registry.telemetry }
  } finally {
    await registry[Symbol.asyncDispose]()
  }
}

describe('traces', () => {
  it('have a span for each request by its route, and below it what the request waits for', async () => {
    await using taken = await collector()
    const { telemetry } = await traced(taken.url, { serviceName: 'west', headers: { 'x-token': 'secret' } })
    const spans = taken.received.flatMap((one) => one.spans)
    const [first = assert.fail('nothing was sent')] = taken.received
    assert.deepEqual([first.path, first.token], ['/v1/traces', 'secret'])
    assert.equal(first.resource['service.name'], 'west')

    const push = spans.find(({ name }) => name === 'PUT oci-manifest') ?? assert.fail('no push')
    assert.equal(push.kind, 2)
    assert.ok(!push.parentSpanId)
    const { 'client.address': address, ...attributes } = valuesOf(push.attributes)
    assert.match(String(address), /127\.0\.0\.1$/)
    assert.deepEqual(attributes, {
      'http.request.method': 'PUT',
      'url.path': '/v2/acme/app/manifests/v1',
      'url.scheme': 'http',
      'lading.request.id': 'push-1',
      'http.route': 'oci-manifest',
      'http.response.status_code': 201,
    })
    const commit = spans.find(({ name }) => name === 'store commit') ?? assert.fail('no commit')
    assert.deepEqual([commit.traceId, commit.parentSpanId], [push.traceId, push.spanId])

    const pulls = spans.filter(({ name }) => name === 'GET oci-manifest')
    assert.deepEqual(
      pulls.map((pull) => [pull.traceId, pull.parentSpanId]),
      [[traceId, parentId]],
      'a client that does not record its trace is followed in that',
    )
    const lines = telemetry.lines.filter(({ message }) => message === 'request')
    assert.deepEqual(
      lines.map(({ fields }) => fields['traceId']),
      [push.traceId, traceId, traceId],
    )
  })

  it('are as many as the sampler says', async () => {
    await using taken = await collector()
    await traced(taken.url, { sampler: 'parentbased_always_off' })
    await traced(taken.url, { sampler: 'traceidratio', samplerArg: 0 })
    assert.deepEqual(
      taken.received.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ['GET oci-manifest'],
    )
    await traced(taken.url, { sampler: 'always_on' })
    const names = taken.received.flatMap(({ spans }) => spans.map(({ name }) => name))
    assert.equal(names.filter((name) => name === 'GET oci-manifest').length, 3)
  })

  it('that nobody takes are told of, and nothing else goes wrong', async () => {
    await using taken = await collector(400)
    const { telemetry } = await traced(taken.url)
    const told = telemetry.lines.filter(({ message }) => message === 'traces are not all sent')
    assert.ok(told.length > 0)
    assert.equal(told[0]?.level, 'warn')
  })
})
