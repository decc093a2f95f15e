import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FarCache } from '../../../src/library/engines/far-cache.ts'
import { MemcachedCache } from '../../../src/library/engines/memcached-cache.ts'
import { MemoryCache } from '../../../src/library/engines/memory-cache.ts'
import { RedisCache } from '../../../src/library/engines/redis-cache.ts'
import { tieredCache } from '../../../src/library/engines/tiered-cache.ts'
import {
  type MemcachedServer,
  memcachedTool,
  startMemcachedServer,
} from '../../kit/servers/memcached-server.ts'
import { type RedisServer, redisTool, startRedisServer } from '../../kit/servers/redis-server.ts'
import { until } from '../../kit/until.ts'
import { openProcesses } from '../../library/manager/processes.ts'
import { usual } from '../../library/manager/world.ts'
import { rounds } from './world.ts'

const skip = redisTool.skip || memcachedTool.skip

describe('registries that share a cache over real servers', { skip }, () => {
  let redis: RedisServer
  let memcached: MemcachedServer
  before(async () => {
    redis = await startRedisServer()
    memcached = await startMemcachedServer()
  })
  after(async () => {
    await redis[Symbol.asyncDispose]()
    await memcached[Symbol.asyncDispose]()
  })

  const caches: Readonly<Record<string, () => FarCache>> = {
    Redis: () => new RedisCache({ url: redis.url, timeout: 200 }),
    Memcached: () => new MemcachedCache({ servers: [memcached.address], timeout: 200 }),
    both: () =>
      tieredCache([
        new MemoryCache(),
        new RedisCache({ url: redis.url, prefix: 'both:', timeout: 200 }),
        new MemcachedCache({ servers: [memcached.address], prefix: 'both:', timeout: 200 }),
      ]),
  }
  for (const [name, open] of Object.entries(caches))
    test(`${name}: one finds what the other has read, never what was changed since, and fails with no server`, async () => {
      await using world = await openProcesses()
      await using one = await world.start(open())
      const { id } = await one.registry.create({ ...usual, metadata: { n: 0 } })
      // It is put there in nobody's time.
      await until(async () => {
        await one.registry.update(id, { metadata: { n: 1 } })
        await one.registry.read(id)
        const cache = open()
        await using late = await world.start(cache)
        await late.registry.read(id)
        await late.registry.getTags()
        await late.registry.getSkills()
        return cache.tiers().some(({ hits }) => hits > 0)
      })
      const cache = open()
      await using other = await world.start(cache)
      for (let n = 2; n < 20; n++) {
        const [writer, reader] = n % 2 === 0 ? [one, other] : [other, one]
        await writer.registry.update(id, { metadata: { n } })
        assert.deepEqual((await reader.registry.read(id)).metadata, { n })
        assert.deepEqual((await writer.registry.read(id)).metadata, { n })
      }
      for (let round = 0; round < rounds; round++) {
        await redis.kill()
        await memcached.kill()
        await one.registry.update(id, { metadata: { n: 100 + round } })
        for (const { registry } of [one, other, one])
          assert.deepEqual((await registry.read(id)).metadata, { n: 100 + round })
        await redis.start()
        await memcached.start()
        for (const { registry } of [other, one])
          assert.deepEqual((await registry.read(id)).metadata, { n: 100 + round })
      }
      assert.equal(
        cache.tiers().reduce((sum, { forged }) => sum + forged, 0),
        0,
      )
    })
})
