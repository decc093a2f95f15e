import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemCodes } from '../../src/pages/problems/door.ts'
import { ask } from '../kit/http-client.ts'
import { RawConnection } from '../kit/raw-connection.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

describe('problems', () => {
  it('have a page each, of which there is a list', async () => {
    await using registry = await startTestRegistry()
    const list = await ask(registry.url, { path: '/problems' })
    assert.equal(list.status, 200)
    const linked = [...list.text().matchAll(/href="(\/problems\/[a-z-]+)"/g)].map((match) => match[1])
    assert.deepEqual(
      linked,
      problemCodes.map((code) => `/problems/${code}`),
    )
    assert.ok(linked.length > 50)
    for (const path of linked) {
      const page = await ask(registry.url, { path: path ?? '' })
      assert.equal(page.status, 200, path)
      assert.match(page.text(), /<h2>What to do<\/h2>/)
      assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
    }
  })

  it('that are none are not found, whatever their name is', async () => {
    await using registry = await startTestRegistry()
    for (const name of ['none', '__proto__', 'constructor', 'toString', '<script>', 'a/b', '%00', 'denied/'])
      assert.equal((await ask(registry.url, { path: `/problems/${encodeURI(name)}` })).status, 404, name)
    assert.equal((await ask(registry.url, { method: 'POST', path: '/problems/denied' })).status, 405)
  })

  it('are told by documents that lead to their pages, at every door and before them', async () => {
    await using registry = await startTestRegistry()
    const told = async (request: Parameters<typeof ask>[1]): Promise<unknown[]> => {
      const answer = await ask(registry.url, request)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
      const { type, title, status, detail, code, requestId } = answer.json()
      assert.equal(type, `/problems/${code}`)
      assert.equal((await ask(registry.url, { path: type })).status, 200)
      assert.equal(status, answer.status)
      assert.equal(typeof detail, 'string')
      assert.equal(requestId, answer.headers['x-request-id'])
      return [status, code, title]
    }
    assert.deepEqual(await told({ path: '/nowhere' }), [404, 'path-unknown', 'Path unknown'])
    assert.deepEqual(await told({ path: '/api/v1/me/keys' }), [401, 'unauthenticated', 'Unauthenticated'])
    assert.deepEqual(await told({ method: 'PUT', path: '/healthz' }), [
      405,
      'method-unsupported',
      'Method unsupported',
    ])
    assert.deepEqual(await told({ path: '/api/v1/me', headers: { Expect: 'miracles' } }), [
      417,
      'expectation-unmet',
      'Expectation unmet',
    ])
    using raw = await RawConnection.open(registry.url)
    raw.head('GARBAGE')
    const answer = await raw.untilClosed()
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
    assert.deepEqual([body.type, body.status], ['/problems/request-malformed', 400])
  })
})
