import assert from 'node:assert/strict'
import { test } from 'node:test'
import { together } from '../../../src/core/ledger/together.ts'

test('answers stand in the order of what was begun', async () => {
  const late = new Promise<string>((resolve) => setImmediate(() => resolve('late')))
  assert.deepEqual(await together([late, Promise.resolve(2)]), ['late', 2])
})

test('the first failure in that order is told, once all have ended', async () => {
  const ended: string[] = []
  const failing = async (name: string, turns: number): Promise<never> => {
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    ended.push(name)
    throw new Error(name)
  }
  await assert.rejects(
    together([Promise.resolve(1), failing('first', 3), failing('second', 0)]),
    /^Error: first$/,
  )
  assert.deepEqual(ended, ['second', 'first'])
})
