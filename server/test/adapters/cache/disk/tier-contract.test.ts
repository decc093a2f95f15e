import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDiskTier } from '../../../../src/adapters/cache/disk/open-disk-tier.ts'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import { cryptoRandom as random } from '../../../../src/adapters/random/crypto/crypto-random.ts'
import { type TierHarness, tierValueBytes } from '../../../../src/ports/cache/tier-suite/harness.ts'
import { tierContract } from '../../../../src/ports/cache/tier-suite.ts'

const harness: TierHarness = {
  can: { shared: true, follow: false, down: false },
  start: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-disk-tier-'))
    const clock = new ManualClock(Date.now())
    const open = () => openDiskTier({ folder, clock, random, maxValueBytes: tierValueBytes })
    const tier = await open()
    return {
      tier,
      pass: (ms) => clock.advance(ms),
      other: open,
      [Symbol.asyncDispose]: async () => {
        await tier.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

for (const { name, run } of tierContract(harness)) test(name, run)
