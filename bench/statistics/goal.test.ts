import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Goal, judge, wordsOf } from './goal.ts'
import type { Round } from './round.ts'

function roundsOf(values: Readonly<Record<string, readonly number[]>>, count = 7): Round[] {
  return Array.from({ length: count }, (_, at) => ({
    values: Object.fromEntries(
      Object.entries(values).flatMap(([name, all]) => {
        const value = all[at]
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  }))
}

const ten = [10, 10, 10, 10, 10, 10, 10]
const twice: Goal = { times: 2, against: ['peer', 'other'] }

test('the worse quartile decides, not the median', () => {
  const lucky = roundsOf({ lading: [19, 19, 19, 21, 25, 25, 25], peer: ten, other: ten })
  assert.equal(judge(twice, 'lading', lucky).state, 'missed')
  const steady = roundsOf({ lading: [15, 20, 20, 20, 20, 20, 20], peer: ten, other: ten })
  assert.deepEqual(judge(twice, 'lading', steady), {
    state: 'met',
    why: 'peer: worse quartile 2; other: worse quartile 2',
  })
})

test('each target must be beaten, so that the better one is', () => {
  const rounds = roundsOf({ lading: ten, peer: ten.map(() => 4), other: ten.map(() => 6) })
  assert.deepEqual(judge(twice, 'lading', rounds), { state: 'missed', why: 'other: worse quartile 1.67' })
})

test('a target that is missing leaves the question open, and a goal missed is missed all the same', () => {
  const absent = roundsOf({ lading: ten, peer: ten.map(() => 4) })
  assert.deepEqual(judge(twice, 'lading', absent), { state: 'open', why: 'other: 0 of 7 rounds' })
  const worse = roundsOf({ lading: ten, peer: ten })
  assert.deepEqual(judge(twice, 'lading', worse), { state: 'missed', why: 'peer: worse quartile 1' })
})

test('few rounds say nothing', () => {
  const rounds = roundsOf({ lading: ten, peer: ten.map(() => 1), other: ten.map(() => 1) }, 6)
  assert.equal(judge(twice, 'lading', rounds).state, 'open')
})

test('of two goals either may be enough, or both be needed', () => {
  const goals: Goal[] = [
    { times: 3, against: ['peer'] },
    { times: 0.85, against: ['bare'] },
  ]
  const nearBare = roundsOf({ lading: ten, peer: ten.map(() => 5), bare: ten.map(() => 11) })
  assert.deepEqual(judge({ either: goals }, 'lading', nearBare), {
    state: 'met',
    why: 'bare: worse quartile 0.909',
  })
  assert.deepEqual(judge({ all: goals }, 'lading', nearBare), {
    state: 'missed',
    why: 'peer: worse quartile 2',
  })
  const unknown = roundsOf({ lading: ten, peer: ten.map(() => 5) })
  assert.equal(judge({ either: goals }, 'lading', unknown).state, 'open')
})

test('a bound is held by the upper quartile', () => {
  const goal: Goal = { below: 400, unit: 'ms' }
  assert.equal(judge(goal, 'lading', roundsOf({ lading: [1, 1, 1, 1, 399, 399, 900] })).state, 'met')
  assert.equal(judge(goal, 'lading', roundsOf({ lading: [1, 1, 1, 1, 400, 400, 400] })).state, 'missed')
})

test('a rate that is wanted is held by the lower quartile', () => {
  const goal: Goal = { atLeast: 5000, unit: 'tokens/s' }
  const steady = roundsOf({ lading: [4000, 5000, 5000, 5000, 6000, 6000, 6000] })
  assert.deepEqual(judge(goal, 'lading', steady), { state: 'met', why: 'lading: worse quartile 5000' })
  const lucky = roundsOf({ lading: [4000, 4000, 4999, 6000, 6000, 6000, 6000] })
  assert.equal(judge(goal, 'lading', lucky).state, 'missed')
  assert.equal(wordsOf(goal), '≥ 5,000 tokens/s')
})

test('at most so many times another: the upper quartile of the ratios decides', () => {
  const goal: Goal = { atMost: 1.3, against: ['peer'] }
  const near = roundsOf({ lading: [13, 13, 13, 13, 13, 13, 90], peer: ten })
  assert.deepEqual(judge(goal, 'lading', near), { state: 'met', why: 'peer: worse quartile 1.3' })
  const far = roundsOf({ lading: [1, 1, 1, 1, 14, 14, 14], peer: ten })
  assert.equal(judge(goal, 'lading', far).state, 'missed')
  assert.equal(wordsOf(goal), '≤ 1.3× peer')
})

test('a goal in words', () => {
  assert.equal(
    wordsOf({ either: [twice, { times: 0.85, against: ['bare'] }] }),
    '≥ 2× the best of peer, other, or ≥ 0.85× bare',
  )
  assert.equal(wordsOf({ below: 120, unit: 'MiB' }), '< 120 MiB')
  assert.equal(wordsOf({ below: 5, unit: 'ms', of: 'other' }), 'other < 5 ms')
})
