import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairedRatios, type Round, roundsOf, valuesOf } from './round.ts'

const rounds: Round[] = [{ a: 10, b: 5 }, { a: 100, b: 20 }, { a: 7 }, { b: 3 }, { a: 9, b: 3 }].map(
  (values) => ({ values }) as Round,
)

test('a ratio is made within a round, and only where both were measured', () => {
  assert.deepEqual(pairedRatios(rounds, 'a', 'b'), [2, 5, 3])
  assert.deepEqual(pairedRatios(rounds, 'b', 'a'), [0.5, 0.2, 1 / 3])
  assert.deepEqual(pairedRatios(rounds, 'a', 'c'), [])
})

test('the values of a target are all that there are, in order', () => {
  assert.deepEqual(valuesOf(rounds, 'a'), [10, 100, 7, 9])
  assert.deepEqual(valuesOf(rounds, 'c'), [])
})

test('a figure of turns is what each target has of it', () => {
  const turn = { at: '2001-09-09T01:46:40.000Z', load: 0, loadAfter: 0 }
  const turns = [
    { ...turn, values: { a: { rate: 1, p99: 2 }, b: { p99: 3 } } },
    { ...turn, values: { b: { rate: 4 } } },
  ]
  assert.deepEqual(roundsOf(turns, 'rate'), [{ values: { a: 1 } }, { values: { b: 4 } }])
  assert.deepEqual(roundsOf(turns, 'p99'), [{ values: { a: 2, b: 3 } }, { values: {} }])
})
