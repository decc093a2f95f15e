import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairedInterval } from './bootstrap.ts'

test('the same difference everywhere leaves no doubt', () => {
  const theirs = [0, 0.25, 0.5, 0.75]
  const ours = theirs.map((score) => score + 0.25)
  assert.deepEqual(pairedInterval(ours, theirs), { mean: 0.25, low: 0.25, high: 0.25 })
})

test('of two queries every resample is worked out by hand', () => {
  // The four draws of (0, 1) have the means 0, 0.5, 0.5 and 1, each a quarter: 95 % reach from end to end, 40 % hold 0.5 alone.
  assert.deepEqual(pairedInterval([0, 1], [0, 0]), { mean: 0.5, low: 0, high: 1 })
  assert.deepEqual(pairedInterval([0, 1], [0, 0], { confidence: 0.4 }), { mean: 0.5, low: 0.5, high: 0.5 })
})

test('with many queries it is that of the normal distribution', () => {
  // 400 differences, half 1 and half 0: a standard error of 0.5 / 20 = 0.025, so 0.5 ± 1.96 × 0.025.
  const ours = Array.from({ length: 400 }, (_, at) => at % 2)
  const { mean, low, high } = pairedInterval(
    ours,
    ours.map(() => 0),
  )
  assert.equal(mean, 0.5)
  assert.ok(Math.abs(low - 0.451) < 0.004, `${low}`)
  assert.ok(Math.abs(high - 0.549) < 0.004, `${high}`)
})

test('scores are drawn in pairs: what both lose or win together says nothing', () => {
  const theirs = Array.from({ length: 100 }, (_, at) => (at * 37) % 100)
  const ours = theirs.map((score, at) => score + (at % 2 === 0 ? 0.5 : 1.5))
  const { low, high } = pairedInterval(ours, theirs)
  assert.ok(low > 0.85 && high < 1.15, `${low} to ${high}`)
})

test('the seed decides what is drawn', () => {
  const ours = Array.from({ length: 30 }, (_, at) => Math.sqrt(at))
  const theirs = ours.map((score, at) => score * ((at * 7) % 11))
  assert.deepEqual(pairedInterval(ours, theirs, { seed: 5 }), pairedInterval(ours, theirs, { seed: 5 }))
  assert.notDeepEqual(pairedInterval(ours, theirs, { seed: 5 }), pairedInterval(ours, theirs, { seed: 6 }))
})

test('scores that are no pairs are refused', () => {
  assert.throws(() => pairedInterval([1, 0], [1]), RangeError)
  assert.throws(() => pairedInterval([], []), RangeError)
})
