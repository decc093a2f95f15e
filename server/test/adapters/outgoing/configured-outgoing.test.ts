import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { openConfiguredOutgoing } from '../../../src/adapters/outgoing/configured/open-configured-outgoing.ts'
import type { Outgoing } from '../../../src/ports/outgoing/outgoing.ts'

const opened = (timeoutMs = 5_000): Outgoing => openConfiguredOutgoing({ timeoutMs, maxBytes: 4_194_304 })

let server: Server
let url: string
const seen: string[] = []

before(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
    switch (request.url) {
      case '/away':
        response.writeHead(302, { Location: '/secret' }).end()
        return
      case '/much':
        response.writeHead(200)
        // Until nobody listens any more.
        for (let piece = 0; piece < 10; piece++) response.write(Buffer.alloc(1_000_000))
        response.end()
        return
      case '/slow':
        response.writeHead(200).write('{')
        return
      case '/nothing':
        response.writeHead(204).end()
        return
      default:
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":1}')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('a request elsewhere brings back what was answered', async () => {
  const outgoing = opened()
  const answer = await outgoing.fetch(`${url}/any`, { headers: { Authorization: 'Bearer x' } })
  assert.deepEqual([answer.status, await answer.json()], [200, { a: 1 }])
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.equal(seen.at(-1), 'GET /any Bearer x')
  assert.equal((await outgoing.fetch(`${url}/nothing`)).status, 204)
})

test('it follows nobody who sends it elsewhere, whatever its caller says', async () => {
  // What would happen without it.
  assert.deepEqual(await (await fetch(`${url}/away`)).json(), { a: 1 })
  assert.match(seen.at(-1) ?? '', /^GET \/secret/)
  seen.length = 0
  const outgoing = opened()
  for (const redirect of ['follow', 'error', undefined] as const)
    await assert.rejects(outgoing.fetch(`${url}/away`, { redirect }), { kind: 'refused' })
  const answer = await outgoing.fetch(`${url}/away`, { redirect: 'manual' })
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/secret'])
  assert.equal(
    seen.some((line) => line.includes('/secret')),
    false,
  )
})

test('it takes no more, and waits no longer, than it is to', async () => {
  await assert.rejects(opened().fetch(`${url}/much`), {
    kind: 'too-large',
    message: /more than 4194304 bytes/,
  })
  await assert.rejects(opened(200).fetch(`${url}/slow`), { kind: 'timeout' })
  await assert.rejects(opened().fetch('http://127.0.0.1:1/'), { kind: 'unreachable' })
})
