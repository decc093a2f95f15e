import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spreadOf } from './spread.ts'

test('seven values: the quartiles lie between neighbours', () => {
  assert.deepEqual(spreadOf([7, 1, 6, 2, 5, 3, 4]), {
    count: 7,
    least: 1,
    lowerQuartile: 2.5,
    median: 4,
    upperQuartile: 5.5,
    most: 7,
  })
})

test('numbers are ordered as numbers, and what was given stays as it was', () => {
  const given = [100, 9, 20, 3]
  assert.deepEqual(spreadOf(given), {
    count: 4,
    least: 3,
    lowerQuartile: 7.5,
    median: 14.5,
    upperQuartile: 40,
    most: 100,
  })
  assert.deepEqual(given, [100, 9, 20, 3])
})

test('one value is all there is to say of it', () => {
  assert.deepEqual(spreadOf([2]), {
    count: 1,
    least: 2,
    lowerQuartile: 2,
    median: 2,
    upperQuartile: 2,
    most: 2,
  })
})

test('nothing, and what is no number, is refused', () => {
  assert.throws(() => spreadOf([]), RangeError)
  assert.throws(() => spreadOf([1, Number.NaN]), RangeError)
  assert.throws(() => spreadOf([1, Number.POSITIVE_INFINITY]), RangeError)
})
