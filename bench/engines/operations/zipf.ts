import { randomBytes } from 'node:crypto'
import { openMemoryTier } from '../../../server/src/adapters/cache/memory/open-memory-tier.ts'
import { openRedisTier } from '../../../server/src/adapters/cache/redis/open-redis-tier.ts'
import { openTieredCache } from '../../../server/src/adapters/cache/tiered/open-tiered-cache.ts'
import { systemClock as clock } from '../../../server/src/adapters/clock/system/system-clock.ts'
import { Chance } from '../../../server/src/core/seed/chance.ts'
import type { TieredCache } from '../../../server/src/ports/cache/tiered-cache.ts'
import { Timings } from '../../library/operations/timings.ts'
import type { Measurement, Task } from '../task.ts'
import { zipf } from '../zipf.ts'
import { answerBytes, keysOf, timeoutMs } from './cached.ts'
import { reached } from './reached.ts'

export const exponent = 0.99
const percent = 100

/** Memory and Redis, as one process has them, both empty at first. */
export async function measureZipf(task: Extract<Task, { do: 'zipf' }>): Promise<Measurement> {
  const tiers = [
    { tier: openMemoryTier({ clock }) },
    { tier: await reached(openRedisTier({ url: task.url })) },
  ]
  const cache = openTieredCache({ tiers, clock, secret: randomBytes(32), timeoutMs })
  try {
    return await measured(cache, task)
  } finally {
    await cache.close()
  }
}

async function measured(cache: TieredCache, task: Extract<Task, { do: 'zipf' }>): Promise<Measurement> {
  const keys = keysOf(task.entries)
  const answer = randomBytes(answerBytes)
  const chance = new Chance('zipf', 1)
  const draw = zipf(task.entries, exponent, () => chance.share())
  const timings = new Timings()
  let [left, loads] = [task.reads, 0]
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const key = keys[draw()] ?? ''
      const begun = performance.now()
      const found = await cache.load(key, async () => {
        loads += 1
        return answer
      })
      timings.add(performance.now() - begun)
      if (found?.length !== answerBytes) throw new Error(`${key} came back as something else`)
    }
  }
  await Promise.all(Array.from({ length: task.clients }, work))
  const inMemory = cache.stats()[0]?.hits ?? 0
  return {
    missed: (percent * loads) / timings.count,
    beyond: (percent * (timings.count - inMemory)) / timings.count,
    p95: timings.p95,
  }
}
