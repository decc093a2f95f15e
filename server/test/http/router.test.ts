import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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

  it('while its client waits is reported', async () => {
    const fault = new Error('a fault')
    await using served = await serveDoor(() => Promise.reject(fault))
    assert.equal((await ask(served.url, { path: '/door' })).status, 500)
    assert.deepEqual(served.reported, [fault])
  })
})
