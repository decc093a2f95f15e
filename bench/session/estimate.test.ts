import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate, minutes } from './estimate.ts'
import type { Targets } from './measure.ts'
import type { Measured, Row } from './row.ts'

const targets: Targets = {
  missing: (name) => (name === 'far' ? 'build it' : undefined),
  measured: (name) => ({ name }) as Measured,
  async endRow() {},
  programs: new Map(),
}
const row = (name: string): Row => ({
  name,
  targets: ['a', 'b', 'far'],
  figures: [],
  async check() {},
  async measure() {
    return {}
  },
  takes: (seconds) => 2 + seconds,
  checkTakes: 10,
})

test('what is ahead: checks and rounds, of targets that are there and rounds that are not', () => {
  const turn = { at: '', load: 0, loadAfter: 0, values: {} }
  const known = { done: { absent: {}, rounds: [turn, turn] }, begun: { absent: {}, rounds: [turn] } }
  const wish = { rounds: 2, seconds: 3 }
  assert.equal(estimate([row('new')], known, wish, targets), 2 * (10 + 2 * 5))
  assert.equal(estimate([row('begun')], known, wish, targets), 2 * (10 + 5))
  assert.equal(estimate([row('done')], known, wish, targets), 0)
})

test('in words', () => {
  assert.deepEqual([59, 61, 1500].map(minutes), ['less than a minute', 'some 2 minutes', 'some 25 minutes'])
})
