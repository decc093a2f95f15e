import { after, before, describe, test } from 'node:test'
import { openRedisTier } from '../../../src/adapters/cache/redis/open-redis-tier.ts'
import type { CacheTier } from '../../../src/ports/cache/tier.ts'
import { type TierHarness, tierValueBytes } from '../../../src/ports/cache/tier-suite/harness.ts'
import { tierContract } from '../../../src/ports/cache/tier-suite.ts'
import { type RedisServer, redisTool, startRedisServer } from '../../kit/servers/redis-server.ts'
import { answering } from './answering.ts'

let server: RedisServer
let opened = 0

const harness: TierHarness = {
  can: { shared: true, follow: true, down: true },
  start: async () => {
    const tiers: CacheTier[] = []
    const prefix = `proof ${++opened}*:`
    const open = async (): Promise<CacheTier> => {
      const tier = openRedisTier({
        url: server.url,
        prefix,
        maxValueBytes: tierValueBytes,
        timeoutMs: 2_000,
      })
      tiers.push(tier)
      return await answering(tier)
    }
    let isDown = false
    return {
      tier: await open(),
      other: open,
      pass: async () => {},
      down: async () => {
        isDown = true
        await server.kill()
      },
      up: async () => {
        await server.start()
        isDown = false
      },
      [Symbol.asyncDispose]: async () => {
        for (const tier of tiers) await tier.close()
        if (isDown) await server.start()
      },
    }
  },
}

describe('the Redis tier', { skip: redisTool.skip }, () => {
  before(async () => {
    server = await startRedisServer()
  })
  after(() => server[Symbol.asyncDispose]())
  for (const { name, run } of tierContract(harness)) test(name, run)
})
