import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryError } from '../../src/domain/error.ts'
import { send } from '../../src/http/send.ts'
import { ask } from '../kit/http-client.ts'
import { serveDoor } from './serve-door.ts'

describe('a request that fails', () => {
  it('because its client has gone is no fault of the server, and is not reported', async () => {
    await using served = await serveDoor(async (exchange) => {
      // The moment between the end of the connection and the news of it.
      exchange.request.socket.destroy()
      exchange.signal.throwIfAborted()
    })
    await assert.rejects(ask(served.url, { path: '/door' }), { code: 'ECONNRESET' })
    await served.server.close(0)
    assert.deepEqual(served.reported, [])
  })

  it('after its answer leaves the answer whole, and is reported', async () => {
    const fault = new Error('a fault')
    await using served = await serveDoor(async (exchange) => {
      send(exchange, 200, [], 'whole')
      throw fault
    })
    assert.equal((await ask(served.url, { path: '/door' })).text(), 'whole')
    assert.deepEqual(
      served.reports.map(({ message, error }) => [message, error]),
      [['a request failed after its answer', fault]],
    )
  })

  it('for a reason that the operator can mend is reported as what it is', async () => {
    const cause = Object.assign(new Error('no such folder'), { code: 'ENOENT' })
    const unavailable = new RegistryError('unavailable', { reason: 'a test', retryAfterMs: 1 }, { cause })
    const mistake = new RegistryError('too-many-requests', { retryAfterMs: 1 })
    await using served = await serveDoor(({ path }) =>
      Promise.reject(path === '/door/full' ? unavailable : mistake),
    )
    const headers = { 'X-Request-Id': 'mend-1' }
    assert.equal((await ask(served.url, { path: '/door/full', headers })).status, 503)
    assert.equal((await ask(served.url, { path: '/door' })).status, 429)
    assert.deepEqual(served.reports, [
      {
        message: 'a request could not be served',
        error: unavailable,
        fields: { code: 'unavailable', method: 'GET', path: '/door/full', requestId: 'mend-1' },
      },
    ])
  })

  it('while its client waits is reported', async () => {
    const fault = new Error('a fault')
    await using served = await serveDoor(() => Promise.reject(fault))
    assert.equal((await ask(served.url, { path: '/door' })).status, 500)
    assert.deepEqual(served.reported, [fault])
  })
})
