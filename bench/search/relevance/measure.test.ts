import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mean, ndcg, recall } from './measure.ts'

const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-4, `${found}, not ${expected}`)

test('nDCG as worked out by hand', () => {
  const grades = { a: 3, b: 2, c: 1 } as const
  // The best order: 7 / 1 + 3 / 1.58496 + 1 / 2 = 9.39279.
  assert.equal(ndcg(['a', 'b', 'c'], grades), 1)
  // c first, a third: 1 / 1 + 0 + 7 / 2 = 4.5.
  close(ndcg(['c', 'x', 'a'], grades), 0.47909)
  // Only b, at the fourth place: 3 / 2.32193 = 1.29203.
  close(ndcg(['x', 'y', 'z', 'b'], grades), 0.13756)
})

test('what comes after the tenth place counts nothing, and the ideal has ten places as well', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `x${at}`)
  assert.equal(ndcg([...ten, 'a'], { a: 3 }), 0)
  assert.ok(ndcg([...ten.slice(1), 'a'], { a: 3 }) > 0)
  const names = Array.from({ length: 15 }, (_, at) => `y${at}`)
  const all = Object.fromEntries(names.map((name) => [name, 2 as const]))
  close(ndcg(names.slice(5), all), 1)
})

test('no answer is 0, and so is a query for which nothing is graded', () => {
  assert.equal(ndcg([], { a: 3 }), 0)
  assert.equal(recall([], { a: 3 }), 0)
  assert.equal(ndcg(['a'], {}), 0)
  assert.equal(recall(['a'], {}), 0)
})

test('a name given twice counts once and takes both places', () => {
  // 7 / 1 + 0 + 3 / 2 = 8.5 of 7 + 3 / 1.58496 = 8.89279.
  close(ndcg(['a', 'a', 'b'], { a: 3, b: 2 }), 0.95583)
  assert.equal(recall(['a', 'a'], { a: 3, b: 2 }), 0.5)
})

test('a name that every object knows is graded as any other', () => {
  assert.equal(ndcg(['constructor', 'toString'], { a: 3 }), 0)
  assert.equal(recall(['constructor'], { a: 3 }), 0)
})

test('recall is the share of all that is graded among the first fifty', () => {
  const grades = { a: 3, b: 2, c: 1, d: 1 } as const
  const fifty = Array.from({ length: 50 }, (_, at) => `x${at}`)
  assert.equal(recall(['a', 'x', 'c'], grades), 0.5)
  assert.equal(recall([...fifty.slice(1), 'd', 'a'], grades), 0.25)
})

test('the mean has the queries without an answer in it', () => {
  assert.equal(mean([1, 0.5, 0, 0]), 0.375)
  assert.equal(mean([]), 0)
})
