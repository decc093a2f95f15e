import assert from 'node:assert/strict'
import { CacheTierError } from '../errors.ts'
import type { CacheTier } from '../tier.ts'
import { becomes, patient, type TierCase, type TierFixture, tierAnswersWithinMs } from './harness.ts'

const long = 60_000
const value: Uint8Array = Buffer.from('value')

function faults(fixture: TierFixture): { down(): Promise<void>; up(): Promise<void> } {
  const { down, up } = fixture
  assert.ok(down !== undefined && up !== undefined, 'the harness says that it can be down')
  return { down, up }
}

async function failsInTime(call: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await assert.rejects(call(), (error) => error instanceof CacheTierError && error.kind !== 'closed')
  assert.ok(performance.now() - begun < tierAnswersWithinMs, 'it took too long to fail')
}

async function answers(tier: CacheTier): Promise<boolean> {
  try {
    await tier.set('is there', value, long)
    return (await tier.get('is there', patient())) !== undefined
  } catch (error) {
    if (error instanceof CacheTierError) return false
    throw error
  }
}

export const downCases: readonly TierCase[] = [
  {
    name: 'while nobody is there every call fails in time, and afterwards it answers by itself',
    needs: 'down',
    check: async (fixture) => {
      const { tier } = fixture
      const { down, up } = faults(fixture)
      await tier.set('key', value, long)
      await down()
      await failsInTime(() => tier.get('key', patient()))
      await failsInTime(() => tier.set('key', value, long))
      await failsInTime(() => tier.delete(['key']))
      await failsInTime(() => tier.clear())
      assert.ok(tier.stats().errors >= 4)
      await up()
      await becomes(() => answers(tier), 'an answer')
    },
  },
  {
    name: 'what was under way when it went down fails, and says nothing else',
    needs: 'down',
    check: async (fixture) => {
      const { tier } = fixture
      const { down, up } = faults(fixture)
      await tier.set('key', value, long)
      const calls = Array.from({ length: 50 }, () => tier.get('key', patient()))
      const ended = Promise.allSettled(calls)
      await down()
      for (const end of await ended) {
        if (end.status === 'rejected') assert.ok(end.reason instanceof CacheTierError, String(end.reason))
        else assert.deepEqual(end.value && Buffer.from(end.value), value)
      }
      await up()
      await becomes(() => answers(tier), 'an answer')
    },
  },
  {
    name: 'who follows is told when it may have missed something',
    needs: 'follow',
    check: async (fixture) => {
      const { tier } = fixture
      const { down, up } = faults(fixture)
      await becomes(() => answers(tier), 'an answer')
      let lost = 0
      tier.follow?.({ forgotten: () => {}, lost: () => void lost++ })
      await down()
      await becomes(async () => lost > 0, 'the loss')
      const before = lost
      await up()
      await becomes(() => answers(tier), 'an answer')
      await becomes(async () => lost > before, 'the word that it is told again')
    },
  },
  {
    name: 'it can be closed while nobody is there',
    needs: 'down',
    check: async (fixture) => {
      await faults(fixture).down()
      await fixture.tier.close()
      await assert.rejects(fixture.tier.get('key', patient()), { kind: 'closed' })
    },
  },
]
