import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryTier } from '../../../../src/adapters/cache/memory/open-memory-tier.ts'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'
import { type TierHarness, tierValueBytes } from '../../../../src/ports/cache/tier-suite/harness.ts'
import { tierContract } from '../../../../src/ports/cache/tier-suite.ts'

const harness: TierHarness = {
  can: { shared: false, follow: false, down: false },
  start: async () => {
    const clock = new ManualClock()
    const tier = openMemoryTier({ clock, maxBytes: 2 * tierValueBytes })
    return {
      tier,
      pass: (ms) => clock.advance(ms),
      [Symbol.asyncDispose]: () => tier.close(),
    }
  },
}

for (const { name, run } of tierContract(harness)) test(name, run)

const clock = new ManualClock()
const noSignal = new AbortController().signal

test('there are never more entries, bytes or time than its bounds say, and the least recently used go first', async () => {
  const tier = openMemoryTier({ clock, maxEntries: 3, maxBytes: 10_000, ttlMs: 1_000 })
  for (const key of ['a', 'b', 'c']) await tier.set(key, new Uint8Array(10), 60_000)
  await tier.get('a', noSignal)
  await tier.set('d', new Uint8Array(10), 60_000)
  const kept = async (): Promise<string[]> => {
    const found = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (key) =>
        (await tier.get(key, noSignal)) === undefined ? [] : [key],
      ),
    )
    return found.flat()
  }
  assert.deepEqual(await kept(), ['a', 'c', 'd'])
  await tier.set('e', new Uint8Array(9_500), 60_000)
  assert.deepEqual(await kept(), ['e'])
  assert.ok((tier.stats().bytes ?? Infinity) <= 10_000)
  await clock.advance(1_000)
  assert.deepEqual(await kept(), [])
})

test('what is kept is no part of something larger', async () => {
  const tier = openMemoryTier({ clock })
  await tier.set('part', new Uint8Array(1_000_000).subarray(5, 10), 60_000)
  const found = await tier.get('part', noSignal)
  assert.deepEqual([found?.length, found?.buffer.byteLength], [5, 5])
})

test('bounds that are no whole numbers of at least 1 are refused', () => {
  for (const wrong of [0, -1, 1.5, Number.NaN])
    for (const name of ['maxEntries', 'maxBytes', 'ttlMs'])
      assert.throws(() => openMemoryTier({ clock, [name]: wrong }), RangeError)
})
