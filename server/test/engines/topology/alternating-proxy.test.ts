import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { startAlternatingProxy } from '../../kit/servers/alternating-proxy.ts'
import { freePort } from '../../kit/servers/free-port.ts'

async function startServer(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close().closeAllConnections()
    },
  }
}

const saying =
  (name: string): RequestListener =>
  (_request, response) =>
    void response.end(name)

test('requests go round', async () => {
  await using a = await startServer(saying('a'))
  await using b = await startServer(saying('b'))
  await using proxy = await startAlternatingProxy([a.url, b.url])
  const said: string[] = []
  for (let time = 0; time < 5; time++) said.push((await ask(proxy.url, { path: '/' })).text())
  assert.deepEqual(said, ['a', 'b', 'a', 'b', 'a'])
  assert.deepEqual(proxy.answered, [3, 2])
})

test('what nobody accepts goes to the next one, bodies too, and is told where there is none', async () => {
  await using there = await startServer((request, response) => request.pipe(response))
  const gone = `http://127.0.0.1:${await freePort()}`
  await using proxy = await startAlternatingProxy([gone, there.url])
  const body = Buffer.alloc(3_000_000, 7)
  for (let time = 0; time < 2; time++)
    assert.ok((await ask(proxy.url, { method: 'PUT', path: '/', body })).body.equals(body))
  assert.equal(proxy.movedOn, 1)
  assert.deepEqual(proxy.failures, [])
  await using alone = await startAlternatingProxy([gone])
  assert.equal((await ask(alone.url, { path: '/x' })).status, 502)
  assert.match(alone.failures.join(), /^GET \/x: .*ECONNREFUSED/)
})

test('a connection that breaks before an answer is followed by another with all that was sent, unless that was much', async () => {
  await using breaking = await startServer((request) => {
    request.once('data', () => request.socket.destroy())
  })
  await using there = await startServer((request, response) => request.pipe(response))
  await using proxy = await startAlternatingProxy([breaking.url, there.url])
  for (let time = 0; time < 2; time++) {
    const body = Buffer.alloc(900_000, time + 1)
    assert.ok((await ask(proxy.url, { method: 'PATCH', path: '/', body })).body.equals(body))
  }
  assert.equal(proxy.movedOn, 1)
  const read = { bytes: 0 }
  await using late = await startServer((request) => {
    request.on('data', (chunk: Buffer) => {
      read.bytes += chunk.length
      if (read.bytes > 3_000_000) request.socket.destroy()
    })
  })
  await using other = await startAlternatingProxy([late.url, there.url])
  const large = { method: 'POST', path: '/', body: Buffer.alloc(5_000_000) }
  assert.equal((await ask(other.url, large)).status, 502)
  assert.match(other.failures.join(), /^POST \/: /)
})

test('an answer comes through while its request is still being sent', async () => {
  await using refusing = await startServer((_request, response) => {
    response.writeHead(413, { Connection: 'close' }).end('too large')
  })
  await using proxy = await startAlternatingProxy([refusing.url])
  const body = Buffer.alloc(20_000_000)
  const { status, headers, text } = await ask(proxy.url, { method: 'PUT', path: '/', body })
  assert.deepEqual([status, text(), headers.connection], [413, 'too large', 'close'])
})

test('an answer that breaks off does not look whole', async () => {
  await using breaking = await startServer((request, response) => {
    response.writeHead(200, { 'Content-Length': 100 })
    response.write('part', () => request.socket.destroy())
  })
  await using proxy = await startAlternatingProxy([breaking.url])
  await assert.rejects(ask(proxy.url, { path: '/' }), /aborted|hang up|ECONNRESET/)
})
