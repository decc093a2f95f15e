import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chance } from '../../server/src/core/seed/chance.ts'
import { zipf } from './zipf.ts'

function chances(seed: number): () => number {
  const chance = new Chance('zipf', seed)
  return () => chance.share()
}

test('the same seed draws the same, and another one something else', () => {
  const drawn = (seed: number): number[] => {
    const draw = zipf(1000, 0.99, chances(seed))
    return Array.from({ length: 50 }, draw)
  }
  assert.deepEqual(drawn(1), drawn(1))
  assert.notDeepEqual(drawn(1), drawn(2))
})

test('each is drawn as often as its place says', () => {
  const [count, draws, exponent] = [100, 200_000, 0.99]
  const draw = zipf(count, exponent, chances(7))
  const times = new Float64Array(count)
  for (let at = 0; at < draws; at++) {
    const drawn = draw()
    assert.ok(Number.isInteger(drawn) && drawn >= 0 && drawn < count)
    times[drawn] = (times[drawn] ?? 0) + 1
  }
  const whole = Array.from({ length: count }, (_, at) => 1 / (at + 1) ** exponent).reduce((a, b) => a + b)
  for (const at of [0, 1, 9, 49, 99]) {
    const expected = draws / (at + 1) ** exponent / whole
    const found = times[at] ?? 0
    assert.ok(Math.abs(found - expected) < 6 * Math.sqrt(expected), `${at}: ${found}, not some ${expected}`)
  }
})
