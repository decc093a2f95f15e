import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairedRatios, type Round, valuesOf } from './round.ts'

const rounds: Round[] = [{ a: 10, b: 5 }, { a: 100, b: 20 }, { a: 7 }, { b: 3 }, { a: 9, b: 3 }].map(
  (values) => ({ at: '2001-09-09T01:46:40.000Z', load: 0, values }) as Round,
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
