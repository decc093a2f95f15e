import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { send } from '../../src/http/send.ts'
import { type Served, serveDoor } from '../http/serve-door.ts'
import { Wire } from './wire.ts'

describe('the wire of the clients', () => {
  let served: Served
  before(async () => {
    // A PATCH is refused before its body is there, as by a registry where another process has the upload.
    served = await serveDoor((exchange) =>
      send(exchange, exchange.method === 'PATCH' ? 409 : 200, [], 'told'),
    )
  })
  after(() => served[Symbol.asyncDispose]())

  test('sends nothing over a connection on which the rest of a refused body is waited for', async () => {
    const wire = new Wire(served.url)
    try {
      const refused = await wire.send({
        method: 'PATCH',
        path: '/door',
        body: Buffer.alloc(500_000),
        pace: 20,
      })
      assert.equal(refused?.status, 409)
      // One after the other they would share one connection.
      for (const count of [1, 6]) {
        const replies = Array.from({ length: count }, () => wire.send({ path: '/door' }))
        const late = once(AbortSignal.timeout(5_000), 'abort').then(() => ['a GET was taken for the body'])
        const told = Promise.all(replies).then((all) => all.map((reply) => reply?.body.toString()))
        assert.deepEqual(await Promise.race([told, late]), Array(count).fill('told'))
      }
    } finally {
      wire.close()
    }
  })

  test('says how a request ended that has no answer', async () => {
    await using deaf = await serveDoor((exchange) => void exchange.request.socket.destroy())
    const wire = new Wire(deaf.url)
    try {
      assert.equal(await wire.send({ path: '/door' }), undefined)
      assert.match(wire.silence, /ECONNRESET on a new connection after \d+ ms/)
    } finally {
      wire.close()
    }
  })
})
