import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { RawConnection } from './raw-connection.ts'

async function originOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('questions go over one connection, and arrive as they were asked', async () => {
  const seen: unknown[] = []
  const server = createServer(async (request, response) => {
    const { method, url, headers, socket } = request
    const body = (await buffer(request)).toString()
    seen.push([method, url, headers['content-type'], headers['content-length'], body, socket.remotePort])
    response.writeHead(body === '' ? 202 : 201, { Location: '/there?x=1', 'content-length': 3 }).end('yes')
  })
  const origin = await originOf(server)
  const connection = new RawConnection(origin)
  const first = await connection.ask({ method: 'POST', url: new URL('/v2/a?b=c', origin) })
  const second = await connection.ask({
    method: 'PUT',
    url: new URL('/v2/a', origin),
    headers: { 'content-type': 'a/b' },
    body: [Buffer.from('one'), Buffer.from('two')],
  })
  connection.close()
  server.close()
  const port = (seen[0] as unknown[])[5]
  assert.deepEqual(seen, [
    ['POST', '/v2/a?b=c', undefined, '0', '', port],
    ['PUT', '/v2/a', 'a/b', '6', 'onetwo', port],
  ])
  assert.deepEqual([first.status, first.headers['location'], `${first.body}`], [202, '/there?x=1', 'yes'])
  assert.equal(second.status, 201)
})

test('an answer in pieces is one answer', async () => {
  const pieces = ['HTTP/1.1 200 O', 'K\r\ncontent-length: 5\r\n\r', '\nab', 'cde']
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true).once('data', async () => {
      for (const piece of pieces) await new Promise((done) => socket.write(piece, done))
    })
  })
  const origin = await originOf(server)
  const connection = new RawConnection(origin)
  const { status, body } = await connection.ask({ method: 'GET', url: new URL('/', origin) })
  connection.close()
  server.close()
  assert.deepEqual([status, `${body}`], [200, 'abcde'])
})

test('a connection that is closed, and an answer without a length, fail the question', async () => {
  for (const [answer, what] of [
    ['', /closed the connection/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', /without a length: HTTP\/1.1 200 OK/],
  ] as const) {
    const server = createTcpServer((socket) => void socket.once('data', () => socket.end(answer)))
    const origin = await originOf(server)
    const connection = new RawConnection(origin)
    await assert.rejects(connection.ask({ method: 'GET', url: new URL('/', origin) }), what)
    server.close()
  }
})
