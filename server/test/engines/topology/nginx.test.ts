import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it, test } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { type Nginx, nginxTool, startNginx } from '../../kit/servers/topology-nginx.ts'
import { until } from '../../kit/until.ts'
import { requirements } from '../../protocols/oci/requirements/all.ts'
import { location, OciClient } from '../../protocols/oci/requirements/oci-client.ts'

const mib = 1_048_576

describe('nginx by the configuration of deploy/, before two processes', {
  skip: topologySkip || nginxTool.skip,
  concurrency: 1,
}, () => {
  let topology: Topology
  let nginx: Nginx
  before(async () => {
    topology = await startTopology()
    nginx = await startNginx(topology.ladings.map(({ address }) => address))
  })
  after(async () => {
    await nginx[Symbol.asyncDispose]()
    await topology[Symbol.asyncDispose]()
  })

  async function received(): Promise<number> {
    let sum = 0
    for (const { url } of topology.ladings) {
      const { text } = await ask(url, { path: '/metrics' })
      sum += Number(/^lading_http_received_bytes_total (\S+)$/m.exec(text())?.[1] ?? 0)
    }
    return sum
  }

  test('100 MiB stream through both ways as docker sends them, and nginx keeps nothing of them', async () => {
    const client = new OciClient(nginx.url)
    const chunk = randomBytes(mib)
    const hash = createHash('sha256')
    const begun = await received()
    const body = (async function* () {
      for (let at = 0; at < 100; at++) {
        chunk.writeUInt32BE(at)
        hash.update(chunk)
        yield Buffer.from(chunk)
        // The client has sent half: so much has to have arrived before it sends the rest.
        if (at === 50) {
          await until(async () => (await received()) > begun + 40 * mib)
          assert.deepEqual(await readdir(nginx.bodies), [])
        }
      }
    })()
    const path = await client.begin('acme/large')
    const patched = await client.ask('PATCH', path, { body })
    assert.equal(patched.status, 202, patched.text())
    const digest = `sha256:${hash.digest('hex')}`
    const put = await client.ask('PUT', `${location(patched)}?digest=${digest}`, {
      headers: { 'Content-Length': 0 },
    })
    assert.equal(put.status, 201, put.text())
    for (let time = 0; time < 2; time++) {
      const got = await client.ask('GET', `/v2/acme/large/blobs/${digest}`)
      assert.equal(`sha256:${createHash('sha256').update(got.body).digest('hex')}`, digest)
    }
    assert.doesNotMatch(nginx.output(), /buffered to a temporary file/)
  })

  for (const { id, section, check } of requirements) {
    it(`${id} (${section})`, () => check(new OciClient(nginx.url)))
  }

  test('a process that is away is not noticed', async () => {
    const client = new OciClient(nginx.url)
    for (const each of topology.ladings) {
      assert.equal((await each.end('SIGTERM')).code, 0)
      for (let at = 0; at < 10; at++) await client.pushImage('acme/away', `v${at}`)
      await each.start()
    }
    for (let at = 0; at < 10; at++)
      assert.equal((await client.ask('GET', `/v2/acme/away/manifests/v${at}`)).status, 200)
  })

  test('one process goes away as soon as the other is back, and no request fails', async () => {
    const client = new OciClient(nginx.url)
    const answers = async (): Promise<void> => {
      for (let at = 0; at < 20; at++) {
        const begun = await client.ask('POST', '/v2/acme/back/blobs/uploads/')
        assert.equal(begun.status, 202, `${begun.text()}\n${nginx.output()}`)
      }
    }
    for (let round = 0; round < 2; round++)
      for (const each of topology.ladings) {
        assert.equal((await each.end('SIGTERM')).code, 0)
        await answers()
        await each.start()
      }
    await answers()
    assert.match(nginx.output(), /connect\(\) failed/, 'requests came to a process that was away')
    assert.doesNotMatch(nginx.output(), /no live upstreams/)
  })
})
