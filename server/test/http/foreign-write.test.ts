import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { send } from '../../src/http/send.ts'
import { ask } from '../kit/http-client.ts'
import { type Served, serveDoor } from './serve-door.ts'

const writes = ['POST', 'PUT', 'PATCH', 'DELETE']
const reads = ['GET', 'HEAD', 'OPTIONS']

async function serve(): Promise<Served & { handled: string[] }> {
  const handled: string[] = []
  const served = await serveDoor((exchange) => {
    handled.push(exchange.method)
    send(exchange, 200, [])
  })
  return { ...served, handled, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() }
}

describe('a request that a browser makes', () => {
  for (const [what, headers] of [
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling of the site', { 'Sec-Fetch-Site': 'same-site' }],
    ['a site of another name', { Origin: 'https://elsewhere.example' }],
    ['a site on another port', { Origin: 'http://registry.example:9090' }],
    ['a site on the default port of another scheme', { Origin: 'https://registry.example' }],
    ['a page without an origin', { Origin: 'null' }],
    ['a page without an origin, of another site', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of a file', { Origin: 'file://' }],
    ['who says both', { Origin: 'http://elsewhere.example', 'Sec-Fetch-Site': 'same-origin' }],
  ] as const) {
    it(`for ${what} may read, and write nothing`, async () => {
      await using served = await serve()
      const all = { Host: 'registry.example:7070', 'Content-Type': 'text/plain', ...headers }
      for (const method of writes) {
        const answer = await ask(served.url, { method, path: '/door', headers: all, body: 'x' })
        assert.equal(answer.status, 403, method)
        assert.equal(answer.json().code, 'denied')
        assert.match(answer.json().detail, /the request was made by another web site/)
      }
      assert.deepEqual(served.handled, [])
      assert.deepEqual(served.reported, [])
      for (const method of reads) {
        assert.equal((await ask(served.url, { method, path: '/door', headers: all })).status, 200, method)
      }
      assert.deepEqual(served.handled, reads)
    })
  }

  for (const [what, headers] of [
    ['the registry itself', { Origin: 'http://registry.example:7070', 'Sec-Fetch-Site': 'same-origin' }],
    ['a page of it that names nobody', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['the person at it', { 'Sec-Fetch-Site': 'none' }],
    ['a page behind a proxy with TLS', { Host: 'registry.example', Origin: 'https://registry.example' }],
    [
      'a Host that names the usual port',
      { Host: 'Registry.example:443', Origin: 'https://registry.example' },
    ],
    ['no browser at all', {}],
  ] as const) {
    it(`for ${what} may write`, async () => {
      await using served = await serve()
      const all = { Host: 'registry.example:7070', ...headers }
      for (const method of writes) {
        assert.equal((await ask(served.url, { method, path: '/door', headers: all, body: 'x' })).status, 200)
      }
      assert.deepEqual(served.handled, writes)
    })
  }
})
