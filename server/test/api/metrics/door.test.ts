import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { blobs } from '../../../src/core/content/tables.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { metrics } from '../../../src/ports/telemetry/metrics.ts'
import { madeCertificate } from '../../cli/made-certificate.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'

const openmetrics =
  'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

async function scrape(
  registry: TestRegistry,
  ask_: { auth?: string; accept?: string } = {},
): Promise<Answer> {
  const { auth, accept } = ask_
  const headers = accept === undefined ? {} : { Accept: accept }
  return await ask(registry.url, { path: '/metrics', headers, ...(auth === undefined ? {} : { auth }) })
}

/** The value of one series; 0 where it is not there. */
function figure(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.slice(series.length + 1))
}

function isUploading({ telemetry }: TestRegistry): boolean {
  const found = telemetry.families().find(({ name }) => name === 'lading_uploads_in_progress')
  const [sample] = found?.samples ?? []
  return sample !== undefined && 'value' in sample && sample.value === 1
}

describe('/metrics', () => {
  it('is in the format of Prometheus, or in OpenMetrics for who names it', async () => {
    await using registry = await startTestRegistry()
    const plain = await scrape(registry)
    assert.equal(plain.status, 200)
    assert.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    assert.equal(plain.headers['cache-control'], 'no-store')
    const open = await scrape(registry, { accept: openmetrics })
    assert.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8')
    assert.match(open.text(), /\n# EOF\n$/)
    const refused = await scrape(registry, { accept: 'application/openmetrics-text;q=0, text/plain' })
    assert.equal(refused.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  })

  it('names every metric of the table and no other', async () => {
    await using registry = await startTestRegistry()
    const text = (await scrape(registry)).text()
    const told = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)
    assert.deepEqual(told.toSorted(), Object.keys(metrics).toSorted())
  })

  it('tells how many blobs are damaged', async () => {
    await using registry = await startTestRegistry()
    const { core } = registry.composed
    const row = { size: 1, bytes: null, file: 'f', refs: 0 }
    const rows = [0, 1, 2].map((damagedAt) => insert(blobs, { ...row, digest: `d${damagedAt}`, damagedAt }))
    await core.ledger.keep(async () => ({ value: undefined, changes: rows }))
    assert.equal(figure((await scrape(registry)).text(), 'lading_blobs_damaged'), 2)
    assert.equal((await ask(registry.url, { path: '/readyz' })).status, 200)
  })

  it('tells what of the audit log is not in the chain yet', async () => {
    await using registry = await startTestRegistry()
    const { core } = registry.composed
    const now = registry.clock.now()
    const entry = {
      ...{
        by: 'user:ada',
        via: '',
        address: '',
        action: 'tag.move',
        namespace: 'acme',
        repository: 'acme/app',
      },
      ...{
        target: 'v1',
        before: '',
        after: '',
        outcome: 'done',
        code: '',
        times: 1,
        requestId: '',
        hash: '',
      },
    }
    const rows = [7_000, 2_000, 9_000].map((age, seq) =>
      insert(auditEntries, { ...entry, id: `e${seq}`, at: now - age, seq: seq === 2 ? 1 : 0 }),
    )
    assert.equal(figure((await scrape(registry)).text(), 'lading_audit_unsealed_entries'), 0)
    await core.ledger.keep(async () => ({ value: undefined, changes: rows }))
    const text = (await scrape(registry)).text()
    assert.equal(figure(text, 'lading_audit_unsealed_entries'), 2)
    assert.equal(figure(text, 'lading_audit_unsealed_seconds'), 7)
  })

  it('counts what was asked too often by what was asked for, also where nothing but passwords is counted', async () => {
    const once = { tokens: 1, periodMs: 60_000 }
    const users = { ada: 'one' }
    const counted = async (
      rates: Partial<TestRegistry['config']['rates']>,
      asked: readonly { path: string; auth?: string }[],
    ): Promise<readonly number[]> => {
      await using registry = await startTestRegistry({ users, rates })
      for (const one of asked) await ask(registry.url, one)
      const text = (await scrape(registry)).text()
      return ['read', 'write', 'search', 'login', 'none', 'other'].map((name) =>
        figure(text, `lading_http_throttled_total{class="${name}"}`),
      )
    }
    const search = { path: '/api/v1/search?q=x' }
    assert.deepEqual(await counted({ anonymousSearches: once }, [search, search, search]), [0, 0, 2, 0, 0, 0])
    const wrong = { path: '/token', auth: 'ada:wrong' }
    const me = { path: '/api/v1/me', auth: 'ada:wrong' }
    assert.deepEqual(await counted({ wrongPasswordsFor: once }, [wrong, wrong, me]), [1, 0, 0, 1, 0, 0])
  })

  it('counts requests by route, method and class of status, whatever their paths are', async () => {
    await using registry = await startTestRegistry()
    for (const path of ['/v2/', '/v2/a/manifests/x', '/v2/b/manifests/y', '/healthz', '/nothing', '/']) {
      await ask(registry.url, { path })
    }
    await ask(registry.url, { method: 'OPTIONS', path: '/v2/a/manifests/x' })
    const text = (await scrape(registry)).text()
    const count = (route: string, method: string, status: string): number =>
      figure(
        text,
        `lading_http_request_duration_seconds_count{route="${route}",method="${method}",status="${status}"}`,
      )
    assert.equal(count('oci-ping', 'GET', '2xx'), 1)
    assert.equal(count('oci-manifest', 'GET', '4xx'), 2)
    assert.equal(count('oci-manifest', 'other', '4xx'), 1)
    assert.equal(count('health', 'GET', '2xx'), 1)
    assert.equal(count('none', 'GET', '4xx'), 1)
    assert.equal(count('page', 'GET', '2xx'), 1)
    assert.ok(!text.includes('manifests'))
  })

  it('counts what a push and a pull move, ask of the store and find in memory', async () => {
    await using registry = await startTestRegistry()
    const { digest, body } = { digest: `sha256:${'0'.repeat(64)}`, body: Buffer.alloc(100_000) }
    const pushed = await ask(registry.url, {
      method: 'POST',
      path: `/v2/acme/app/blobs/uploads/?digest=${digest}`,
      body,
    })
    assert.equal(pushed.status, 400)
    const manifest =
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
    const put = await ask(registry.url, {
      method: 'PUT',
      path: '/v2/acme/app/manifests/v1',
      headers: { 'Content-Type': 'application/vnd.oci.image.index.v1+json' },
      body: manifest,
    })
    assert.equal(put.status, 201)
    for (let n = 0; n < 3; n++) await ask(registry.url, { path: '/v2/acme/app/manifests/v1' })
    const text = (await scrape(registry)).text()
    assert.equal(figure(text, 'lading_cache_requests_total{result="hit"}'), 2)
    assert.ok(figure(text, 'lading_cache_requests_total{result="miss"}') > 0)
    assert.ok(figure(text, 'lading_cache_entries') > 0)
    assert.ok(
      figure(text, 'lading_store_operation_duration_seconds_count{operation="commit",result="ok"}') > 0,
    )
    assert.equal(
      figure(text, 'lading_blob_operation_duration_seconds_count{operation="seal",result="error"}'),
      1,
    )
    assert.ok(figure(text, 'lading_http_received_bytes_total') > 100_000)
    assert.ok(figure(text, 'lading_http_sent_bytes_total') > 300)
    assert.equal(figure(text, 'lading_http_requests_in_progress'), 1)
    assert.equal(figure(text, 'lading_uploads_in_progress'), 0)
    assert.equal(figure(text, 'lading_store_commits_waiting'), 0)
    assert.ok(figure(text, 'lading_disk_free_bytes') > 0)
    assert.equal(figure(text, 'lading_jobs{kind="collect",state="ready"}'), 1)
  })

  it('is for those who may pull, where nothing else is set', async () => {
    const users = { ada: 'one', bob: 'two' }
    await using closed = await startTestRegistry({ users, access: { read: ['ada'], write: ['ada'] } })
    const anonymous = await scrape(closed)
    assert.equal(anonymous.status, 401)
    assert.match(String(anonymous.headers['www-authenticate']), /^Basic /)
    assert.ok(!anonymous.text().includes('lading_'))
    assert.equal((await scrape(closed, { auth: 'ada:two' })).status, 401)
    assert.equal((await scrape(closed, { auth: 'bob:two' })).status, 403)
    assert.equal((await scrape(closed, { auth: 'ada:one' })).status, 200)
  })

  it('is for those of access.metrics where that is set, whoever may pull', async () => {
    const users = { ada: 'one', prometheus: 'two' }
    await using some = await startTestRegistry({ users, access: { write: ['ada'], metrics: ['prometheus'] } })
    assert.equal((await scrape(some)).status, 401)
    assert.equal((await scrape(some, { auth: 'ada:one' })).status, 403)
    assert.equal((await scrape(some, { auth: 'prometheus:two' })).status, 200)
    await using all = await startTestRegistry({
      users,
      access: { read: ['ada'], write: ['ada'], metrics: 'anyone' },
    })
    assert.equal((await scrape(all)).status, 200)
  })

  it('counts connections and bytes of TLS too, and bounds them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-tls-'))
    try {
      const tls = madeCertificate(folder, 'registry')
      const ca = await readFile(tls.cert, 'utf8')
      await using registry = await startTestRegistry({ tls, limits: { connections: 1 } })
      const path = `/v2/a/blobs/uploads/?digest=sha256:${'0'.repeat(64)}`
      await ask(registry.url, { method: 'POST', path, body: Buffer.alloc(100_000), ca })
      const text = (await ask(registry.url, { path: '/metrics', ca })).text()
      assert.equal(figure(text, 'lading_http_connections'), 1)
      assert.ok(figure(text, 'lading_http_received_bytes_total') > 100_000)
      assert.ok(figure(text, 'lading_http_sent_bytes_total') > 100)
      const held = Promise.withResolvers<void>()
      const body = (async function* () {
        yield Buffer.alloc(10)
        await held.promise
      })()
      const first = ask(registry.url, { method: 'POST', path, body, ca })
      while (!isUploading(registry)) await new Promise((resolve) => setImmediate(resolve))
      const second = await ask(registry.url, { path: '/healthz', ca })
      assert.deepEqual([second.status, second.headers['retry-after']], [503, '1'])
      held.resolve()
      assert.equal((await first).status, 400)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('takes GET and HEAD alone, and has nothing below it', async () => {
    await using registry = await startTestRegistry()
    const posted = await ask(registry.url, { method: 'POST', path: '/metrics' })
    assert.deepEqual([posted.status, posted.headers.allow], [405, 'GET, HEAD'])
    const head = await ask(registry.url, { method: 'HEAD', path: '/metrics' })
    assert.deepEqual([head.status, head.body.length], [200, 0])
    assert.equal((await ask(registry.url, { path: '/metrics/more' })).status, 404)
  })
})
