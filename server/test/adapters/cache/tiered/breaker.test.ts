import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker, type Pass } from '../../../../src/adapters/cache/tiered/breaker.ts'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'

function opened() {
  const clock = new ManualClock()
  const breaker = new Breaker({ clock, failures: 3, pauseMs: 1_000 })
  const enter = (): Pass => {
    const pass = breaker.enter()
    assert.ok(pass !== undefined)
    return pass
  }
  const call = (isOk: boolean): boolean => breaker.leave(enter(), isOk)
  return { clock, breaker, enter, call }
}

test('so many failures in a row open it, and a success in between begins anew', () => {
  const { breaker, call } = opened()
  for (const isOk of [false, false, true, false, false]) assert.equal(call(isOk), false)
  assert.equal(breaker.isOpen, false)
  assert.equal(call(false), true)
  assert.deepEqual([breaker.isOpen, breaker.enter()], [true, undefined])
})

test('after the pause one tries for all, and its success closes it', async () => {
  const { breaker, call, clock, enter } = opened()
  for (let n = 0; n < 3; n++) call(false)
  await clock.advance(999)
  assert.equal(breaker.enter(), undefined)
  await clock.advance(1)
  const probe = enter()
  assert.deepEqual([probe.isProbe, breaker.enter()], [true, undefined])
  assert.equal(breaker.leave(probe, true), true)
  assert.equal(breaker.isOpen, false)
  for (let n = 0; n < 2; n++) assert.equal(call(false), false)
})

test('a try that fails begins another pause', async () => {
  const { breaker, call, clock, enter } = opened()
  for (let n = 0; n < 3; n++) call(false)
  await clock.advance(1_000)
  assert.equal(breaker.leave(enter(), false), false)
  assert.deepEqual([breaker.isOpen, breaker.enter()], [true, undefined])
  await clock.advance(1_000)
  assert.equal(breaker.leave(enter(), true), true)
})

test('who came in before it opened says nothing any more', () => {
  const { breaker, call, enter } = opened()
  const early = [enter(), enter()]
  for (let n = 0; n < 3; n++) call(false)
  for (const pass of early) assert.equal(breaker.leave(pass, true), false)
  assert.equal(breaker.isOpen, true)
})
