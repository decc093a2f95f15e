import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'memjs'
import { createClient } from 'redis'
import { openMemcachedTier } from '../../../src/adapters/cache/memcached/open-memcached-tier.ts'
import { openRedisTier } from '../../../src/adapters/cache/redis/open-redis-tier.ts'
import { openTieredCache } from '../../../src/adapters/cache/tiered/open-tiered-cache.ts'
import { systemClock as clock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { becomes, patient } from '../../../src/ports/cache/tier-suite/harness.ts'
import type { TieredCache, TierReport } from '../../../src/ports/cache/tiered-cache.ts'
import { memcachedTool, startMemcachedServer } from '../../kit/servers/memcached-server.ts'
import { redisTool, startRedisServer } from '../../kit/servers/redis-server.ts'
import { secret } from './world.ts'

const mib = 1024 * 1024
const largeInRedis = 64 * mib
/** Four of them fit into what a server keeps. */
const largeInMemcached = 10 * mib
const keys = Array.from({ length: 8 }, (_, n) => `key${n}`)

/** All of them are there, and half of them somebody makes large. What is asked for then, and what the tier does. */
async function proof(
  cache: TieredCache,
  large: number,
  spoil: (name: string) => Promise<void>,
): Promise<void> {
  for (const key of keys) await cache.set(key, Buffer.from('good'))
  for (const key of keys.slice(0, 4)) await spoil(key)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const report = (): TierReport => cache.stats()[0] ?? assert.fail('there is no tier')
  await becomes(async () => {
    for (const key of keys) {
      await cache.get(key)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    return report().forged >= 4 && !report().isOpen
  }, 'each of them is found to be forged')
  assert.ok(most < large / 2, `${most} bytes were held`)
  await becomes(async () => {
    const found = await Promise.all(keys.map((key) => cache.get(key)))
    return found.every((value, at) => (value === undefined) === at < 4)
  }, 'what was spoilt is gone, and the rest is there')
  assert.equal(report().forged, 4)
  await cache.set('key0', Buffer.from('again'))
  await becomes(async () => String((await cache.get('key0'))?.bytes) === 'again', 'it can be kept again')
}

describe('a value that somebody has made too long', () => {
  test('in Redis is not read, is counted as forged and forgotten, and takes no tier away', {
    skip: redisTool.skip,
  }, async () => {
    await using server = await startRedisServer()
    const tier = openRedisTier({ url: server.url, prefix: 'p:' })
    const cache = openTieredCache({ tiers: [{ tier, timeoutMs: 250 }], clock, secret })
    const other = await createClient({ url: server.url }).connect()
    try {
      await proof(cache, largeInRedis, async (name) => {
        await other.setRange(`p:${name}`, largeInRedis, 'x')
      })
      // Of what is read by a part, changes are told as well.
      const told: string[] = []
      tier.follow?.({ forgotten: (names) => told.push(...names), lost: () => {} })
      await cache.get('key7')
      await other.set('p:key7', 'other')
      await becomes(async () => told.includes('key7'), 'a change is told')
    } finally {
      await cache.close()
      other.destroy()
    }
  })

  test('in Memcached ends the connection, is counted as forged and forgotten', {
    skip: memcachedTool.skip,
  }, async () => {
    await using server = await startMemcachedServer({ itemSize: '12m' })
    const tier = openMemcachedTier({
      servers: [server.address],
      clock,
      random,
      prefix: 'p:',
      generationMs: 1,
    })
    const cache = openTieredCache({ tiers: [{ tier, timeoutMs: 250 }], clock, secret, pauseMs: 50 })
    const other = Client.create(server.address, { timeout: 30, logger: { log: () => {} } })
    try {
      await cache.set('first', Buffer.from('good'))
      const generation = String((await other.get('p:generation')).value)
      await proof(cache, largeInMemcached, async (name) => {
        assert.ok(await other.set(`p:${generation}:${name}`, Buffer.alloc(largeInMemcached), { expires: 0 }))
      })
      // A generation that is none is replaced.
      await other.set('p:generation', Buffer.alloc(largeInMemcached), { expires: 0 })
      await becomes(async () => {
        await tier.set('one', Buffer.from('good'), 60_000).catch(() => {})
        return String(await tier.get('one', patient()).catch(() => '')) === 'good'
      }, 'another generation is there')
      await becomes(async () => {
        const { value } = await other.get('p:generation')
        return value?.length === 12
      }, 'another generation is kept')
    } finally {
      await cache.close()
      other.close()
    }
  })
})
