import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { after, before, describe, test } from 'node:test'
import { becomes } from '../../../src/ports/cache/tier-suite/harness.ts'
import type { TieredCache } from '../../../src/ports/cache/tiered-cache.ts'
import { type FaultProxies, faultProxyTool } from '../../kit/servers/fault-proxy.ts'
import { memcachedTool } from '../../kit/servers/memcached-server.ts'
import { redisTool } from '../../kit/servers/redis-server.ts'
import {
  type Faulty,
  faultyMemcached,
  faultyRedis,
  report,
  rounds,
  schedulingMs,
  startProxies,
  tieredOver,
  timeoutMs,
  took,
  works,
} from './world.ts'

const skip = [faultProxyTool, redisTool, memcachedTool].map((tool) => tool.skip).find((why) => why) ?? false

let proxies: FaultProxies
const servers: Faulty[] = []

/**
 * Reads as a registry does: what is not cached comes from the store, and must be what the store has. `lateMs`: by how much
 * a plain timer of this process was late meanwhile, for which no tier can be blamed.
 */
async function readAll(
  cache: TieredCache,
  keys: readonly string[],
): Promise<{ slowest: number; failed: number; lateMs: number }> {
  let [slowest, failed] = [0, 0]
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  for (const key of keys) {
    const ms = await took(async () => {
      const found = await cache.load(key, async () => Buffer.from(`value of ${key}`)).catch(() => undefined)
      if (String(found) !== `value of ${key}`) failed++
    })
    slowest = Math.max(slowest, ms)
  }
  delay.disable()
  return { slowest, failed, lateMs: delay.count === 0 ? 0 : delay.max / 1e6 }
}

/** Look-ups that the tier did not answer. */
function faulted(cache: TieredCache): number {
  const { errors, timeouts, skipped } = report(cache)
  return errors + timeouts + skipped
}

const keys: readonly string[] = Array.from({ length: 30 }, (_, n) => `key ${n}`)

/** How a server or the way to it can be spoilt, and mended. */
const faults: readonly {
  readonly name: string
  spoil(server: Faulty): Promise<void> | void
  mend(server: Faulty): Promise<void> | void
}[] = [
  { name: 'killed', spoil: (server) => server.kill(), mend: (server) => server.start() },
  { name: 'frozen', spoil: (server) => server.freeze(), mend: (server) => server.thaw() },
  { name: 'slow', spoil: ({ proxy }) => proxy.latency(300), mend: ({ proxy }) => proxy.recover() },
  { name: 'cut off', spoil: ({ proxy }) => proxy.cut(), mend: ({ proxy }) => proxy.recover() },
  { name: 'silent', spoil: ({ proxy }) => proxy.blackHole(), mend: ({ proxy }) => proxy.recover() },
  {
    name: 'ended in mid-answer',
    spoil: ({ proxy }) => proxy.cutAfter(40),
    mend: ({ proxy }) => proxy.recover(),
  },
]

for (const at of [0, 1])
  describe(`a tier over ${['Redis', 'Memcached'][at]}`, { skip }, () => {
    before(async () => {
      proxies ??= await startProxies()
      servers[at] = await (at === 0 ? faultyRedis(proxies) : faultyMemcached(proxies))
    })
    after(async () => {
      await servers[at]?.[Symbol.asyncDispose]()
      if (at === 1) await proxies?.[Symbol.asyncDispose]()
    })

    for (const { name, spoil, mend } of faults)
      test(`${name}: no read fails, none is late, and it comes back by itself`, async () => {
        const server = servers[at] as Faulty
        const cache = tieredOver(server.open('spoilt'))
        try {
          for (let round = 0; round < rounds; round++) {
            await works(cache, name)
            await readAll(cache, keys)
            const before = faulted(cache)
            const reading = readAll(cache, keys)
            await spoil(server)
            const during = [await reading]
            await becomes(async () => {
              during.push(await readAll(cache, keys))
              return faulted(cache) > before
            }, 'the fault')
            await mend(server)
            for (const { slowest, failed, lateMs } of [...during, await readAll(cache, keys)]) {
              assert.equal(failed, 0)
              const told = `a read took ${Math.round(slowest)} ms, and timers were ${Math.round(lateMs)} ms late`
              assert.ok(slowest <= timeoutMs + schedulingMs + lateMs, told)
            }
          }
          await works(cache, name)
        } finally {
          await mend(server)
          await cache.close()
        }
      })

    test('what was deleted while it was out of reach is not found when it is back', async () => {
      const server = servers[at] as Faulty
      const cache = tieredOver(server.open('spoilt'), { memory: true })
      // An answer that is late is none: here one must come, or nothing would be known of what the server has.
      const straight = tieredOver(server.open('straight'), { timeoutMs: 2_000 })
      try {
        for (let round = 0; round < rounds; round++) {
          await works(straight, 'straight')
          await works(cache, 'spoilt')
          const key = `deleted ${round}`
          await cache.set(key, Buffer.from('old'))
          await becomes(async () => (await straight.get(key)) !== undefined, 'it is there')
          await server.proxy.cut()
          await cache.delete([key])
          assert.equal(String((await straight.get(key))?.bytes), 'old')
          await server.proxy.recover()
          for (let n = 0; n < 20; n++) assert.equal(await cache.get(key), undefined)
          await works(cache, 'spoilt')
          assert.equal(await cache.get(key), undefined)
          await becomes(async () => (await straight.get(key)) === undefined, 'the removal')
        }
      } finally {
        await server.proxy.recover()
        await cache.close()
        await straight.close()
      }
    })

    test('values that somebody else wrote, changed or put under another key are never an answer', async () => {
      const server = servers[at] as Faulty
      const tier = server.open('straight')
      // What is late is not looked at; here everything is to be.
      const patient = { timeoutMs: 2_000 }
      const cache = tieredOver(server.open('straight'), patient)
      const forger = tieredOver(server.open('straight'), { ...patient, secret: Buffer.alloc(32, 6) })
      const signal = AbortSignal.timeout(60_000)
      try {
        await works(cache, 'ours')
        await works(forger, 'theirs')
        await cache.set('one', Buffer.from('one'))
        await cache.set('two', Buffer.from('two'))
        const [one, two] = [await tier.get('one', signal), await tier.get('two', signal)]
        assert.ok(one !== undefined && two !== undefined)
        const spoilt: Uint8Array[] = [two, Buffer.from('{}'), one.subarray(0, one.length - 1)]
        for (let n = 0; n < one.length; n++) {
          const changed = Uint8Array.from(one)
          changed[n] = (changed[n] as number) ^ (1 << (n % 8))
          spoilt.push(changed)
        }
        for (const value of spoilt) {
          await tier.set('one', value, 60_000)
          assert.equal(await cache.get('one'), undefined)
          await becomes(async () => (await tier.get('one', signal)) === undefined, 'the forgery is removed')
        }
        await forger.set('one', Buffer.from('forged'))
        assert.equal(await cache.get('one'), undefined)
        assert.equal(report(cache).forged, spoilt.length + 1)
      } finally {
        await tier.close()
        await cache.close()
        await forger.close()
      }
    })

    test('nothing is found after its time, whatever others do with it', async () => {
      const server = servers[at] as Faulty
      const tier = server.open('straight')
      const open = () => tieredOver(server.open('straight'), { nothingTtlMs: 2_000 })
      const [one, other] = [open(), open()]
      try {
        await works(one, 'one')
        await one.set('none', undefined)
        const until = Date.now() + 2_000
        const kept = await tier.get('none', AbortSignal.timeout(5_000))
        assert.ok(kept !== undefined)
        await tier.set('none', kept, 3_600_000)
        assert.deepEqual(await other.get('none'), { bytes: undefined })
        // An answer that is late on a busy machine is a miss as well.
        const isOver = async (): Promise<boolean> =>
          Date.now() > until && (await one.get('none')) === undefined
        await becomes(isOver, 'the end of its time')
        assert.equal(await other.get('none'), undefined)
        assert.ok((await tier.get('none', AbortSignal.timeout(5_000))) !== undefined)
      } finally {
        await tier.close()
        await one.close()
        await other.close()
      }
    })
  })

describe('copies in memory of what Redis has', { skip }, () => {
  test('go when another process overwrites or deletes it, and when the server was out of sight', async () => {
    await using own = await startProxies()
    await using server = await faultyRedis(own)
    const one = tieredOver(server.open('spoilt'), { memory: true })
    const other = tieredOver(server.open('straight'), { memory: true })
    try {
      await works(other, 'other')
      await works(one, 'one')
      const seen = async (key: string): Promise<string> => String((await one.get(key))?.bytes)
      // Until the server tells of changes, which it does soon after the connection stands.
      await becomes(async () => {
        await other.set('told', Buffer.from(String(performance.now())))
        const before = await seen('told')
        await other.set('told', Buffer.from('newer'))
        await new Promise((resolve) => setImmediate(resolve))
        return before !== 'newer' && (await seen('told')) === 'newer'
      }, 'the first news')
      for (let round = 0; round < rounds; round++) {
        await one.set('key', Buffer.from('first'))
        await other.set('key', Buffer.from(`second ${round}`))
        await becomes(async () => (await seen('key')) === `second ${round}`, 'the new value')
        await other.delete(['key'])
        await becomes(async () => (await one.get('key')) === undefined, 'the removal')
        await other.set('away', Buffer.from('before'))
        await becomes(async () => (await seen('away')) === 'before', 'the value from before')
        await server.proxy.cut()
        await other.set('away', Buffer.from(`after ${round}`))
        await server.proxy.recover()
        await becomes(async () => (await seen('away')) === `after ${round}`, 'the value from after')
        await works(one, 'one')
      }
    } finally {
      await one.close()
      await other.close()
    }
  })
})
