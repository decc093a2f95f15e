import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openPinoTelemetry } from '../../../src/adapters/telemetry/pino/open-pino-telemetry.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { RawConnection } from '../../kit/raw-connection.ts'
import { startTestRegistry } from '../../kit/test-registry.ts'
import {
  assertError,
  digestOf,
  location,
  manifestType,
  OciClient,
  uniqueBytes,
  withDigest,
} from './requirements/oci-client.ts'

describe('a tag under If-Match', () => {
  for (const engines of ['memory', 'disk'] as const) {
    it(`moves once where 64 race for it, on ${engines}`, async () => {
      await using registry = await startTestRegistry({ engines })
      const client = new OciClient(registry.url)
      const first = await client.pushImage('acme/app', 'v1')
      const image = await client.image('acme/app')
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, racer) =>
          client.ask('PUT', '/v2/acme/app/manifests/v1', {
            headers: { 'Content-Type': manifestType, 'If-Match': `"${first.digest}"` },
            body: JSON.stringify({ ...image, annotations: { racer: String(racer) } }),
          }),
        ),
      )
      const won = answers.filter(({ status }) => status === 201)
      assert.equal(won.length, 1)
      assert.equal(answers.filter(({ status }) => status === 412).length, 63)
      const { entries } = (await client.ask('GET', '/v2/acme/app/_lading/tags/v1/history')).json()
      assert.deepEqual(
        entries.map(({ seq, digest }: { seq: number; digest: string }) => [seq, digest]),
        [
          [2, won[0]?.headers['docker-content-digest']],
          [1, first.digest],
        ],
      )
    })
  }
})

describe('a pull', () => {
  it('has exactly these headers', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const { digest, size, layer } = await client.pushImage('acme/app', 'v1')
    const headersOf = async (method: string, path: string): Promise<object> => {
      const {
        'x-request-id': _id,
        date: _date,
        connection: _connection,
        ...headers
      } = (await client.ask(method, path)).headers
      return headers
    }
    const common = {
      'docker-distribution-api-version': 'registry/2.0',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
    }
    for (const method of ['GET', 'HEAD']) {
      for (const [reference, policy] of [
        ['v1', 'no-cache'],
        [digest, 'public, max-age=31536000, immutable'],
      ]) {
        assert.deepEqual(await headersOf(method, `/v2/acme/app/manifests/${reference}`), {
          ...common,
          'docker-content-digest': digest,
          etag: `"${digest}"`,
          'cache-control': policy,
          'content-type': manifestType,
          'content-length': String(size),
        })
      }
      assert.deepEqual(await headersOf(method, `/v2/acme/app/blobs/${layer}`), {
        ...common,
        'docker-content-digest': layer,
        etag: `"${layer}"`,
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': 'application/octet-stream',
        'content-length': '512',
        'accept-ranges': 'bytes',
      })
    }
  })

  it('of a cached manifest is answered within the call', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const { digest } = await client.pushImage('acme/app', 'v1')
    for (const reference of ['v1', digest]) {
      await client.ask('GET', `/v2/acme/app/manifests/${reference}`)
      const { manifests } = registry.composed.registry
      const found = manifests.get('acme/app' as never, reference as never)
      assert.ok(!(found instanceof Promise), reference)
      assert.equal(found.digest, digest)
    }
  })

  it('of a tag as it was at a time', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const first = await client.pushImage('acme/app', 'v1')
    const between = new Date(registry.clock.now() + 500).toISOString()
    await registry.clock.advance(1000)
    await client.pushImage('acme/app', 'v1')
    const at = (time: string): Promise<Answer> => client.ask('GET', `/v2/acme/app/manifests/v1?at=${time}`)
    assert.equal((await at(between)).headers['docker-content-digest'], first.digest)
    assert.equal((await at('2000-01-01T00:00:00Z')).status, 404)
    assert.equal((await at('yesterday')).status, 400)
    assert.equal(
      (await client.ask('GET', `/v2/acme/app/manifests/${first.digest}?at=${between}`)).status,
      400,
    )
  })
})

describe('a push', () => {
  it('that lies about its length leaves no blob behind', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const bytes = uniqueBytes(1000)
    const digest = digestOf(bytes)
    using liar = await RawConnection.open(registry.url)
    liar.head(`POST /v2/acme/app/blobs/uploads/?digest=${digest} HTTP/1.1`, 'Host: x', 'Content-Length: 2000')
    liar.write(bytes)
    setImmediate(() => liar.end())
    await liar.untilClosed()
    assert.equal((await client.ask('HEAD', `/v2/acme/app/blobs/${digest}`)).status, 404)
    const range = { 'Content-Range': '0-1999' }
    const patched = await client.ask('PATCH', await client.begin('acme/app'), { headers: range, body: bytes })
    assertError(patched, 400, 'SIZE_INVALID')
    const garbled = await client.ask('PATCH', await client.begin('acme/app'), {
      headers: { 'Content-Range': 'bytes one-two' },
      body: bytes,
    })
    assertError(garbled, 400, 'BLOB_UPLOAD_INVALID')
  })

  it('goes on after a restart where it stood', async () => {
    await using first = await startTestRegistry({ engines: 'disk' })
    const bytes = uniqueBytes(300_000)
    const digest = digestOf(bytes)
    const before = new OciClient(first.url)
    const patched = await before.ask('PATCH', await before.begin('acme/app'), {
      body: bytes.subarray(0, 200_000),
    })
    assert.equal(patched.status, 202)
    await using second = await first.restart()
    const client = new OciClient(second.url)
    const status = await client.ask('GET', location(patched))
    assert.equal(status.status, 204)
    assert.equal(status.headers.range, '0-199999')
    const put = await client.ask('PUT', withDigest(location(status), digest), {
      body: bytes.subarray(200_000),
    })
    assert.equal(put.status, 201, put.text())
    assert.ok((await client.ask('GET', location(put))).body.equals(bytes))
  })

  it('that runs is finished before the server stops', async () => {
    await using registry = await startTestRegistry({ engines: 'disk' })
    const client = new OciClient(registry.url)
    const bytes = uniqueBytes(200_000)
    const digest = digestOf(bytes)
    const halfway = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const body = (async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 100_000)
      halfway.resolve()
      await go.promise
      yield bytes.subarray(100_000)
    })()
    const pushed = client.ask('POST', withDigest('/v2/acme/app/blobs/uploads/', digest), { body })
    await halfway.promise
    // An answer behind it on the same server tells that the push has arrived.
    await client.ask('GET', '/healthz')
    const restarted = registry.restart()
    go.resolve()
    assert.equal((await pushed).status, 201)
    await using next = await restarted
    assert.equal((await new OciClient(next.url).ask('HEAD', `/v2/acme/app/blobs/${digest}`)).status, 200)
  })

  it('that the disk refuses leaves its connection for the next request', async () => {
    await using registry = await startTestRegistry({ engines: 'disk' })
    await rm(join(registry.config.data, 'blobs'), { recursive: true })
    const bytes = uniqueBytes(600_000)
    using client = await RawConnection.open(registry.url)
    client.head(
      `POST /v2/acme/app/blobs/uploads/?digest=${digestOf(bytes)} HTTP/1.1`,
      'Host: x',
      `Content-Length: ${bytes.length}`,
    )
    client.write(bytes)
    await client.until(/^HTTP\/1\.1 503[\s\S]*\}$/)
    client.head('GET /v2/ HTTP/1.1', 'Host: x')
    await client.until(/HTTP\/1\.1 200[\s\S]*\{\}$/)
    const [told, ...more] = registry.telemetry.lines.filter(({ level }) => level === 'error')
    assert.deepEqual(
      [told?.message, told?.fields['code'], more],
      ['a request could not be served', 'unavailable', []],
    )
    assert.ok(client.received.includes(`X-Request-Id: ${told?.fields['requestId']}`))
    const lines: string[] = []
    const log = openPinoTelemetry({
      level: 'error',
      pretty: false,
      to: { write: (line) => lines.push(line) },
    })
    log.error(told?.message ?? '', told?.error, told?.fields)
    assert.match(lines.join(''), /"code":"ENOENT"/)
  })

  it('whose file was cut short is told as damaged, and never served short', async () => {
    await using registry = await startTestRegistry({ engines: 'disk' })
    const client = new OciClient(registry.url)
    const bytes = uniqueBytes(3_000_000)
    const layer = await client.pushBlob('acme/app', bytes)
    const shorten = async (): Promise<void> => {
      for (const entry of await readdir(join(registry.config.data, 'blobs'), {
        recursive: true,
        withFileTypes: true,
      })) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        await chmod(path, 0o600)
        await truncate(path, 1_000_000)
      }
    }
    await shorten()
    assertError(await client.ask('GET', `/v2/acme/app/blobs/${layer}`), 503, 'UNAVAILABLE')
    const range = { Range: 'bytes=1500000-1500009' }
    assertError(
      await client.ask('GET', `/v2/acme/app/blobs/${layer}`, { headers: range }),
      503,
      'UNAVAILABLE',
    )
  })

  it('is asked for chunks of the configured size', async () => {
    await using registry = await startTestRegistry({ limits: { chunkMinBytes: 1000 } })
    const answer = await new OciClient(registry.url).ask('POST', '/v2/acme/app/blobs/uploads/')
    assert.equal(answer.headers['oci-chunk-min-length'], '1000')
  })

  it('of a type that a browser would run is never run', async () => {
    await using registry = await startTestRegistry({
      users: { writer: 'secret' },
      access: { write: ['writer'] },
    })
    const client = new OciClient(registry.url, 'writer:secret')
    const reader = new OciClient(registry.url)
    const script = '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'
    const defences = ({ headers }: Answer): unknown[] => [
      headers['x-content-type-options'],
      headers['content-disposition'],
      headers['content-security-policy'],
    ]
    for (const [index, [type, inert]] of [
      ['application/xhtml+xml', true],
      ['application/xml', true],
      ['image/svg+xml', true],
      ['text/html', true],
      ['text/json', true],
      ['application/octet-stream', true],
      ['application/json', false],
      ['application/vnd.example.v1+json', false],
    ].entries() as Iterable<[number, [string, boolean]]>) {
      const path = `/v2/acme/app/manifests/v${index}`
      const body = type.endsWith('json') ? JSON.stringify({ a: script, index }) : `${script}${index}`
      const put = await client.ask('PUT', path, { headers: { 'Content-Type': type }, body })
      assert.equal(put.status, 201, `${type}: ${put.text()}`)
      const known = { 'If-None-Match': `"${digestOf(Buffer.from(body))}"` }
      const expected = inert
        ? ['nosniff', 'attachment', "sandbox; default-src 'none'"]
        : ['nosniff', undefined, "default-src 'none'; frame-ancestors 'none'; sandbox"]
      for (const method of ['GET', 'HEAD']) {
        for (const who of [client, reader]) {
          const answer = await who.ask(method, path)
          assert.deepEqual([answer.status, answer.headers['content-type']], [200, type])
          assert.deepEqual(defences(answer), expected, `${method} of ${type}`)
          const unchanged = await who.ask(method, path, { headers: known })
          assert.equal(unchanged.status, 304)
          assert.deepEqual(defences(unchanged), expected, `304 to ${method} of ${type}`)
        }
      }
    }
  })

  it('may be any request under /v2: no answer is sniffed', async () => {
    await using registry = await startTestRegistry()
    const client = new OciClient(registry.url)
    const { layer } = await client.pushImage('acme/app', 'v1')
    for (const [method, path, status] of [
      ['GET', '/v2/', 200],
      ['GET', '/v2/_catalog', 200],
      ['GET', '/v2/nothing', 404],
      ['GET', `/v2/acme/app/blobs/${layer}`, 200],
      ['HEAD', `/v2/acme/app/blobs/${layer}`, 200],
      ['GET', '/v2/acme/app/tags/list', 200],
      ['GET', '/v2/acme/app/manifests/missing', 404],
      ['POST', '/v2/acme/app/blobs/uploads/', 202],
      ['DELETE', '/v2/acme/app/manifests/v1', 202],
    ] as const) {
      const answer = await client.ask(method, path)
      assert.equal(answer.status, status, path)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', path)
    }
  })
})

describe('TLS', () => {
  it('is spoken with the configured pair of files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-tls-'))
    try {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          key,
          '-out',
          cert,
        ],
        { stdio: 'ignore' },
      )
      await using registry = await startTestRegistry({ tls: { cert, key } })
      assert.match(registry.url, /^https:\/\/127\.0\.0\.1:/)
      const answer = await ask(registry.url, { path: '/v2/', ca: await readFile(cert, 'utf8') })
      assert.equal(answer.status, 200)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('health', () => {
  it('tells of the process and of what it stands on', async () => {
    await using registry = await startTestRegistry()
    assert.deepEqual((await ask(registry.url, { path: '/healthz' })).json(), { alive: true })
    const ready = await ask(registry.url, { path: '/readyz' })
    assert.equal(ready.status, 200)
    assert.deepEqual(ready.json().parts, { store: 'ok', blobs: 'ok', journal: 'ok', space: 'ok' })
    assert.equal((await ask(registry.url, { method: 'POST', path: '/readyz' })).status, 405)
  })
})
