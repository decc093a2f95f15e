import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PartPlan } from '../../../../src/adapters/blobs/s3/part-plan.ts'

const mebibyte = 1_048_576
const partBytes = 8 * mebibyte

/** How many of the parts have so many times the size of the first. */
function counts(plan: PartPlan, mostParts: number): Record<number, number> {
  const found: Record<number, number> = {}
  for (let number = 1; number <= mostParts; number++) {
    const times = plan.bytesOf(number) / partBytes
    found[times] = (found[times] ?? 0) + 1
  }
  return found
}

test('parts are equal for as long as most files have any, then grow as far as there is memory', () => {
  const of = (memory: number): Record<number, number> =>
    counts(new PartPlan({ partBytes, memoryBytes: memory * partBytes, mostParts: 10_000 }), 10_000)
  assert.deepEqual(of(4), { 1: 4000, 2: 6000 })
  assert.deepEqual(of(8), { 1: 4000, 2: 6000 })
  assert.deepEqual(of(16), { 1: 4000, 2: 2000, 4: 4000 })
  assert.deepEqual(of(32), { 1: 4000, 2: 2000, 4: 2000, 8: 2000 })
  assert.deepEqual(of(1000), of(32))
})

test('a file of the most bytes has parts left for its end, and one byte more has not', () => {
  for (const mostParts of [1, 2, 3, 10, 1000, 10_000])
    for (const memory of [4, 8, 100]) {
      const plan = new PartPlan({ partBytes, memoryBytes: memory * partBytes, mostParts })
      const cut = (bytes: number): readonly [whole: number, end: number] => {
        let whole = 0
        let left = bytes
        for (; left >= plan.bytesOf(whole + 1); whole++) left -= plan.bytesOf(whole + 1)
        return [whole, left]
      }
      assert.deepEqual(cut(plan.mostBytes), [plan.mostWhole, plan.bytesOf(mostParts) - 1])
      assert.deepEqual(cut(plan.mostBytes + 1), [plan.mostWhole + 1, 0])
      assert.equal(plan.mostWhole + 1, mostParts)
    }
})

test('with what is usual a file may have 125 GiB, and larger parts make it larger', () => {
  const gibibytes = (part: number, memory: number): number => {
    const plan = new PartPlan({ partBytes: part, memoryBytes: memory, mostParts: 10_000 })
    return (plan.mostBytes + 1) / 1024 ** 3
  }
  // However small the share of one thread is.
  for (const memory of [32, 64]) assert.equal(gibibytes(partBytes, memory * mebibyte), 125)
  assert.ok(gibibytes(66 * mebibyte, 4 * 66 * mebibyte) > 1024)
})
