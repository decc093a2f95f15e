import { after, before, describe, test } from 'node:test'
import { openMemcachedTier } from '../../../src/adapters/cache/memcached/open-memcached-tier.ts'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../src/adapters/random/crypto/crypto-random.ts'
import type { CacheTier } from '../../../src/ports/cache/tier.ts'
import { type TierHarness, tierValueBytes } from '../../../src/ports/cache/tier-suite/harness.ts'
import { tierContract } from '../../../src/ports/cache/tier-suite.ts'
import {
  type MemcachedServer,
  memcachedTool,
  startMemcachedServer,
} from '../../kit/servers/memcached-server.ts'
import { answering } from './answering.ts'

let servers: readonly MemcachedServer[]
let opened = 0

/** Over so many servers each: a key is always on the same one. */
function harnessOf(count: number): TierHarness {
  return {
    can: { shared: true, follow: false, down: true },
    start: async () => {
      const tiers: CacheTier[] = []
      const own = servers.slice(0, count)
      const prefix = `proof:${++opened}:`
      const open = async (): Promise<CacheTier> => {
        const tier = openMemcachedTier({
          servers: own.map(({ address }) => address),
          clock: systemClock,
          random,
          prefix,
          maxValueBytes: tierValueBytes,
          timeoutMs: 2_000,
          generationMs: 100,
        })
        tiers.push(tier)
        return await answering(tier)
      }
      let isDown = false
      const up = async (): Promise<void> => {
        for (const server of own) await server.start()
        isDown = false
      }
      return {
        tier: await open(),
        other: open,
        pass: async () => {},
        down: async () => {
          isDown = true
          for (const server of own) await server.kill()
        },
        up,
        [Symbol.asyncDispose]: async () => {
          for (const tier of tiers) await tier.close()
          if (isDown) await up()
        },
      }
    },
  }
}

describe('the Memcached tier', { skip: memcachedTool.skip }, () => {
  before(async () => {
    servers = await Promise.all([startMemcachedServer(), startMemcachedServer()])
  })
  after(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]()
  })
  for (const count of [1, 2])
    describe(`over ${count}`, () => {
      for (const { name, run } of tierContract(harnessOf(count))) test(name, run)
    })
})
