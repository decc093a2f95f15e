import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { readBody, requestBytes } from '../../src/http/body.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import { send } from '../../src/http/send.ts'
import { serveDoor } from './serve-door.ts'

const sent = Buffer.alloc(1_000_000, 'lading')

/** What the door has to say of a body that it was sent. */
async function tellOf(look: (exchange: Exchange) => Promise<unknown>): Promise<unknown> {
  await using served = await serveDoor(async (exchange) => {
    send(exchange, 200, [], JSON.stringify(await look(exchange)))
  })
  const answer = await new Promise<string>((resolve, reject) => {
    const asking = request(`${served.url}/door`, { method: 'PUT' }, async (response) => {
      resolve(Buffer.concat(await response.toArray()).toString())
    })
    asking.on('error', reject)
    asking.end(sent)
  })
  return JSON.parse(answer)
}

describe('a body', () => {
  it('that passes by gives the memory of a large chunk back when the next one is asked for', async () => {
    const told = await tellOf(async (exchange) => {
      const chunks: Uint8Array[] = []
      let same = true
      let [large, at] = [0, 0]
      for await (const chunk of requestBytes(exchange)) {
        same &&= sent.subarray(at, at + chunk.length).equals(chunk)
        at += chunk.length
        if (chunk.length === chunk.buffer.byteLength) large += 1
        chunks.push(chunk)
      }
      return {
        same,
        at,
        some: large > 0,
        kept: chunks.filter(({ length }) => length > 0).length + large - chunks.length,
      }
    })
    assert.deepEqual(told, { same: true, at: sent.length, some: true, kept: 0 })
  })

  it('that is wanted as a whole keeps all of it', async () => {
    const told = await tellOf(async (exchange) => {
      const bytes = await readBody(exchange, sent.length, () => new Error('too large'))
      return sent.equals(bytes)
    })
    assert.equal(told, true)
  })
})
