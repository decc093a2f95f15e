import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { test } from 'node:test'
import { digestOf } from '../oci/content.ts'
import { askAgain, lookFor } from './ask-again.ts'
import { SteadyClient } from './steady-client.ts'

async function originOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const yes = Buffer.from('yes')
const expect = { digest: digestOf(yes) }

/** Three clients that ask a server which answers so. */
async function asked(answer: RequestListener): Promise<Awaited<ReturnType<typeof askAgain>>> {
  const server = createServer(answer)
  try {
    const origin = await originOf(server)
    const headers = { authorization: 'Bearer x' }
    const load = { clients: 3, warmSeconds: 0, seconds: 0.05, path: '/v2/a?b=c', headers, expect }
    return await askAgain({ kind: 'ask', origin, ...load })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('the same is asked again and again, and every answer is counted', async () => {
  const seen: unknown[] = []
  const ports = new Set<number | undefined>()
  const { times, seconds } = await asked(({ method, url, headers, socket }, response) => {
    seen.push([method, url, headers.authorization])
    ports.add(socket.remotePort)
    response.writeHead(200, { 'Content-Length': yes.length }).end(yes)
  })
  assert.equal(ports.size, 3)
  // The round before what counts asked once for each client.
  assert.equal(times, seen.length - 3)
  assert.ok(times >= 3 && seconds >= 0.05)
  assert.deepEqual(new Set(seen.map(String)), new Set(['GET,/v2/a?b=c,Bearer x']))
})

test('another status, other bytes and an answer without a length are no answers', async () => {
  let count = 0
  await assert.rejects(
    asked((_, response) => void response.writeHead(429, { 'Content-Length': 0 }).end()),
    /another sort: HTTP\/1\.1 429/,
  )
  await assert.rejects(
    asked((_, response) => {
      const body = ++count > 5 ? 'no!' : 'yes'
      response.writeHead(200, { 'Content-Length': body.length }).end(body)
    }),
    /another body: no!/,
  )
  await assert.rejects(
    asked((_, response) => void response.writeHead(200).end('yes')),
    /another sort/,
  )
})

test('an answer in pieces is one answer, and a closed connection fails', async () => {
  const pieces = ['HTTP/1.1 200 OK\r\ncontent-le', 'ngth: 3\r\n\r', '\ny', 'es']
  let asked = 0
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true).on('data', async () => {
      if (++asked > 1) socket.destroy()
      else for (const piece of pieces) await new Promise((done) => socket.write(piece, done))
    })
  })
  const client = new SteadyClient({ origin: await originOf(server), path: '/', headers: {} }, lookFor(expect))
  assert.equal(await client.ask(0), 1)
  await assert.rejects(client.ask(0), /closed the connection/)
  await assert.rejects(client.ask(0), /closed the connection/)
  client.close()
  server.close()
})

test('of bodies that differ it is told how they begin', () => {
  const look = lookFor({ begins: '{"token":"' })
  look(Buffer.from('{"token":"a"}'))
  assert.throws(() => look(Buffer.from('{"errors":[]}')), /another body: \{"errors"/)
})
