import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openRedisRates } from '../../../src/adapters/rates/redis/redis-rates.ts'
import { RatesError } from '../../../src/ports/rates/errors.ts'
import { ratesContract } from '../../../src/ports/rates/suite.ts'
import { type RedisServer, redisTool, startRedisServer } from '../../kit/servers/redis-server.ts'

let server: RedisServer
let opened = 0

describe('rates in Redis', { skip: redisTool.skip }, () => {
  before(async () => {
    server = await startRedisServer({ password: 'hidden-word' })
  })
  after(() => server[Symbol.asyncDispose]())

  const cases = ratesContract({
    open: async (takers) => {
      const prefix = `proof ${++opened}:`
      const all = Array.from({ length: takers }, () =>
        openRedisRates({ url: server.url, prefix, timeoutMs: 5_000 }),
      )
      return {
        takers: all,
        // The server's clock is nobody's to move, and may go a little slower than this one's.
        pass: (ms) => pause(ms + 20),
        [Symbol.asyncDispose]: async () => {
          for (const rates of all) await rates.close()
        },
      }
    },
  })
  for (const { name, run } of cases) it(name, run)

  it('that is not there fails in its time, and comes back by itself', async () => {
    const rates = openRedisRates({ url: server.url, prefix: 'down:', timeoutMs: 2_000 })
    const rate = { tokens: 1, periodMs: 3_600_000 }
    try {
      assert.equal((await rates.take('a', rate)).allowed, true)
      await server.kill()
      await assert.rejects(
        async () => rates.take('a', rate),
        (error) =>
          error instanceof RatesError && error.kind === 'unreachable' && !/hidden/.test(error.message),
      )
      await server.start()
      const deadline = Date.now() + 10_000
      for (;;) {
        try {
          // A server that has forgotten everything has full buckets.
          assert.equal((await rates.take('b', rate)).allowed, true)
          return
        } catch (error) {
          if (!(error instanceof RatesError) || Date.now() > deadline) throw error
          await pause(20)
        }
      }
    } finally {
      await rates.close()
    }
  })
})
