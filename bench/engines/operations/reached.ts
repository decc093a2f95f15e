import { setTimeout as wait } from 'node:timers/promises'
import type { CacheTier } from '../../../server/src/ports/cache/tier.ts'

const deadlineMs = 10_000
const askEveryMs = 5

/** The tier, once its server answers: it opens at once, and fails until then. */
export async function reached(tier: CacheTier): Promise<CacheTier> {
  const until = performance.now() + deadlineMs
  for (;;) {
    try {
      await tier.clear()
      return tier
    } catch (error) {
      if (performance.now() > until) throw error
      await wait(askEveryMs)
    }
  }
}
