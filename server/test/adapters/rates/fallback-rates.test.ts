import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FallbackRates } from '../../../src/adapters/rates/fallback/fallback-rates.ts'
import { MemoryRates } from '../../../src/adapters/rates/memory/memory-rates.ts'
import { RatesError } from '../../../src/ports/rates/errors.ts'
import type { Rates } from '../../../src/ports/rates/rates.ts'

it('limits go on by the second while the first fails, which is asked again after its rest', async () => {
  let now = 0
  let asked = 0
  let isDown = true
  const told: RatesError[] = []
  const first: Rates = {
    take: async () => {
      asked++
      if (isDown) throw new RatesError('unreachable', 'nobody is there')
      return { allowed: true, left: 7, retryAfterMs: 0, fullAfterMs: 0 }
    },
    close: async () => undefined,
  }
  const second = new MemoryRates({ now: () => now })
  const rates = new FallbackRates({
    first,
    second,
    monotonic: () => now,
    restMs: 1_000,
    onRest: (error) => told.push(error),
  })
  const rate = { tokens: 2, periodMs: 3_600_000 }
  const allowed: boolean[] = []
  for (let at = 0; at < 3; at++) allowed.push((await rates.take('a', rate)).allowed)
  assert.deepEqual(allowed, [true, true, false])
  assert.equal(asked, 1)
  assert.equal(told.length, 1)
  now = 1_000
  isDown = false
  assert.equal((await rates.take('a', rate)).left, 7)
  assert.equal(asked, 2)
})

it('what fails by a fault of the program is not passed over', async () => {
  const first: Rates = { take: async () => assert.fail('a fault'), close: async () => undefined }
  const rates = new FallbackRates({
    first,
    second: new MemoryRates({ now: () => 0 }),
    monotonic: () => 0,
    restMs: 1,
    onRest: () => assert.fail('nobody is told'),
  })
  await assert.rejects(async () => rates.take('a', { tokens: 1, periodMs: 1 }), /a fault/)
})
