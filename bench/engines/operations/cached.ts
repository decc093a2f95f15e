import { randomBytes } from 'node:crypto'
import { createClient, RESP_TYPES } from 'redis'
import { openMemoryTier } from '../../../server/src/adapters/cache/memory/open-memory-tier.ts'
import { openRedisTier } from '../../../server/src/adapters/cache/redis/open-redis-tier.ts'
import { openTieredCache } from '../../../server/src/adapters/cache/tiered/open-tiered-cache.ts'
import { systemClock as clock } from '../../../server/src/adapters/clock/system/system-clock.ts'
import { MemoryCache, unwrap } from '../../../server/src/library/index.ts'
import { PostgreSQLBackend } from '../../../server/src/library/postgresql-backend.ts'
import { RegistryManager } from '../../../server/src/library/registry-manager.ts'
import type { CacheTier } from '../../../server/src/ports/cache/tier.ts'
import { timed } from '../../library/operations/timings.ts'
import { newPieces } from '../../library/pieces.ts'
import type { CacheName, Measurement, Task } from '../task.ts'
import { reached } from './reached.ts'

/** Of an answer, as large as a manifest with a few layers. */
export const answerBytes = 2_048

/** None of them is to be missed because the machine had something else to do. */
export const timeoutMs = 1_000

interface Cached extends AsyncDisposable {
  readonly keys: readonly string[]
  /** False where it was not kept. */
  read(key: string): Promise<boolean>
}

/** One reader of what has been read before, which waits for each answer. */
export async function measureCached(task: Extract<Task, { do: 'cached' }>): Promise<Measurement> {
  await using cached = await openCached(task.cache, task)
  const { keys } = cached
  for (const key of keys) await cached.read(key)
  let next = 0
  let missed = 0
  const { timings, seconds } = await timed(task.seconds, async (timings) => {
    const key = keys[next++ % keys.length] ?? ''
    const begun = performance.now()
    const isKept = await cached.read(key)
    timings?.add(performance.now() - begun)
    if (!isKept) missed += 1
  })
  if (missed > 0) throw new Error(`${missed} of ${timings.count} were not kept`)
  return { p95: timings.p95, rate: timings.count / seconds }
}

type Opening = Pick<Extract<Task, { do: 'cached' }>, 'url' | 'entries'>

async function openCached(name: CacheName, { url, entries }: Opening): Promise<Cached> {
  switch (name) {
    case 'lading':
      return await managerOn(url, entries)
    case 'memory tier':
      return await tierOf(openMemoryTier({ clock }), entries)
    case 'redis tier':
      return await tierOf(await reached(openRedisTier({ url })), entries)
    case 'redis by hand':
      return await redisByHand(url, entries)
  }
}

async function managerOn(url: string, entries: number): Promise<Cached> {
  const backend = new PostgreSQLBackend({ url })
  unwrap(await backend.connect())
  const cache = new MemoryCache()
  const registry = new RegistryManager(backend, cache)
  const keys: string[] = []
  for (const { given } of await newPieces(entries)) keys.push(unwrap(await backend.create(given)).id)
  return {
    keys,
    read: async (id) => {
      const { hits } = cache.stats()
      await registry.read(id)
      return cache.stats().hits > hits
    },
    [Symbol.asyncDispose]: async () => void unwrap(await backend.disconnect()),
  }
}

/** As a registry uses one: sealed, and with a time within which it has to answer, though not so short as there. */
async function tierOf(tier: CacheTier, entries: number): Promise<Cached> {
  const cache = openTieredCache({ tiers: [{ tier }], clock, secret: randomBytes(32), timeoutMs })
  const keys = keysOf(entries)
  for (const key of keys) await cache.set(key, randomBytes(answerBytes))
  return {
    keys,
    read: async (key) => (await cache.get(key))?.bytes?.length === answerBytes,
    [Symbol.asyncDispose]: () => cache.close(),
  }
}

async function redisByHand(url: string, entries: number): Promise<Cached> {
  const client = await createClient({ url })
    .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    .connect()
  const keys = keysOf(entries)
  for (const key of keys) await client.set(key, randomBytes(answerBytes))
  return {
    keys,
    read: async (key) => (await client.get(key))?.length === answerBytes,
    [Symbol.asyncDispose]: async () => client.destroy(),
  }
}

export function keysOf(entries: number): readonly string[] {
  return Array.from({ length: entries }, (_, at) => `answer ${at}`)
}
