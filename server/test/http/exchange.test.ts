import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { send } from '../../src/http/send.ts'
import { ask } from '../kit/http-client.ts'
import { serveDoor } from './serve-door.ts'

describe('parameters', () => {
  it('that hold a NUL are refused, since nothing that is kept does', async () => {
    await using served = await serveDoor((exchange) => {
      send(exchange, 200, [], exchange.parameters.get('last') ?? '')
    })
    const refused = await ask(served.url, { path: '/door?last=a%00b' })
    assert.deepEqual([refused.status, refused.json().code], [400, 'parameter-invalid'])
    assert.equal((await ask(served.url, { path: '/door?last=a%2500b' })).text(), 'a%00b')
  })
})
