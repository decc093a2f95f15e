import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registers } from './registers.ts'

function possible(registers: Registers, key = 'k'): string[] {
  return [...registers.possible(key)].sort()
}

test('what was acknowledged is certain, and what is unanswered stands beside it', () => {
  const registers = new Registers(() => 0)
  assert.equal(registers.certain('k'), '')
  registers.ask('k', 'a').answered()
  assert.equal(registers.certain('k'), 'a')
  registers.ask('k', 'b').unanswered()
  assert.deepEqual(possible(registers), ['a', 'b'])
  registers.ask('k', 'c').refused()
  assert.deepEqual(possible(registers), ['a', 'b'])
  registers.ask('k', 'd').answered()
  assert.equal(registers.certain('k'), 'd')
})

test('of two that overlap either may have been last', () => {
  const registers = new Registers(() => 0)
  const [one, other] = [registers.ask('k', 'a'), registers.ask('k', 'b')]
  one.answered()
  other.answered()
  assert.deepEqual(possible(registers), ['a', 'b'])
  assert.equal(registers.observe('k', 'c'), false)
})

test('what was promised for a time may be gone after it', () => {
  let now = 0
  const registers = new Registers(() => now)
  registers.ask('k', 'held', { until: 5 }).answered()
  assert.equal(registers.certain('k'), 'held')
  assert.equal(registers.observe('k', 'held'), true)
  assert.equal(registers.certain('k'), 'held')
  now = 5
  assert.deepEqual(possible(registers), ['', 'held'])
  assert.equal(registers.observe('k', ''), true)
  assert.equal(registers.certain('k'), '')
})

test('what is seen settles what was open', () => {
  const registers = new Registers(() => 0)
  registers.ask('k', 'a').answered()
  registers.ask('k', 'b').unanswered()
  assert.equal(registers.observe('k', 'b'), true)
  assert.equal(registers.certain('k'), 'b')
  assert.equal(registers.observe('k', 'a'), false)
})

test('a change of one value leaves others', () => {
  const registers = new Registers(() => 0)
  registers.ask('k', 'a').answered()
  registers.ask('k', 'b').unanswered()
  registers.ask('k', '', { instead: 'a' }).answered()
  assert.deepEqual(possible(registers), ['', 'b'])
})

test('what lingers may come at any time, but not over what is asked for later', () => {
  const registers = new Registers(() => 0)
  registers.ask('k', 'there').answered()
  registers.ask('k', '', { lingers: true }).answered()
  assert.equal(registers.observe('k', 'there'), true)
  assert.deepEqual(possible(registers), ['', 'there'])
  registers.ask('k', 'there').answered()
  assert.equal(registers.certain('k'), 'there')
})
