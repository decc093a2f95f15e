import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it, test } from 'node:test'
import { type Ask, ask } from '../../kit/http-client.ts'
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

  test('processes are replaced one after the other under load, and no request fails', async (t) => {
    const settings = { ...topology.settings, LADING_LIMITS_SHUTDOWN_DELAY: '500ms' }
    for (const each of topology.ladings) {
      await each.end('SIGTERM')
      await each.start({ settings })
    }
    const wrong: string[] = []
    let [asked, again, stopped] = [0, 0, false]
    /** Over a connection of its own, from the client to nginx and from there on. */
    const send = async (wanted: Ask, expected: number): Promise<string> => {
      asked++
      let told = await ask(nginx.url, wanted).catch((error: Error) => error)
      // Of a connection that is made as the listener closes, nginx can send again all but a large body; so its client does.
      if (wanted.body !== undefined && !(told instanceof Error) && told.status === 502) {
        again++
        told = await ask(nginx.url, wanted).catch((error: Error) => error)
      }
      if (!(told instanceof Error) && told.status === expected) return told.headers.location ?? ''
      const what = told instanceof Error ? told.message : `${told.status} ${told.text()}`
      wrong.push(`${wanted.method ?? 'GET'} ${wanted.path}: ${what}`)
      return ''
    }
    await new OciClient(nginx.url).pushImage('acme/rolling', 'v1')
    const work = async (): Promise<void> => {
      while (!stopped && wrong.length === 0) {
        await send({ path: '/v2/acme/rolling/manifests/v1' }, 200)
        const path = await send({ method: 'POST', path: '/v2/acme/rolling/blobs/uploads/' }, 202)
        if (path === '') continue
        await send({ path }, 204)
        // More than nginx holds.
        const body = randomBytes(100_000)
        const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
        await send({ method: 'PUT', path: `${path}?digest=${digest}`, body }, 201)
      }
    }
    const working = Promise.all(Array.from({ length: 6 }, work))
    const more = async (): Promise<void> => {
      const enough = asked + 50
      await until(async () => asked > enough || wrong.length > 0)
    }
    for (const each of [...topology.ladings, ...topology.ladings]) {
      await more()
      assert.equal((await each.end('SIGTERM')).code, 0)
      await more()
      await each.start({ settings })
    }
    await more()
    stopped = true
    await working
    t.diagnostic(`${asked} requests, ${again} sent again`)
    assert.deepEqual(wrong, [], nginx.output().slice(-3_000))
    assert.ok(asked > 400)
    assert.ok(again * 100 < asked, `${again} bodies of ${asked} requests were lost`)
  })
})
