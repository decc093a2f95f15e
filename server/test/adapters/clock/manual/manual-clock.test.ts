import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../src/adapters/clock/manual/manual-clock.ts'

test('time stands still until it is advanced', async () => {
  const clock = new ManualClock(1000)
  assert.deepEqual([clock.now(), clock.monotonic()], [1000, 0])
  await clock.advance(250)
  assert.deepEqual([clock.now(), clock.monotonic()], [1250, 250])
})

test('sleepers wake in the order in which they are due, each at its own time', async () => {
  const clock = new ManualClock(0)
  const woken: string[] = []
  const sleeper = async (name: string, ...spans: readonly number[]): Promise<void> => {
    for (const span of spans) {
      await clock.sleep(span)
      woken.push(`${name} at ${clock.now()}`)
    }
  }
  const all = [
    sleeper('late', 300),
    sleeper('often', 100, 100, 100),
    sleeper('beyond', 301),
    sleeper('also', 100),
  ]
  await clock.advance(300)
  assert.deepEqual(woken, ['often at 100', 'also at 100', 'often at 200', 'late at 300', 'often at 300'])
  assert.equal(clock.sleeping, 1)
  await clock.advance(1)
  await Promise.all(all)
  assert.equal(woken.at(-1), 'beyond at 301')
})

test('an abort wakes one sleeper at once, and nothing of it stays', async () => {
  const clock = new ManualClock()
  const stop = new AbortController()
  const aborted = clock.sleep(1000, stop.signal)
  assert.equal(clock.sleeping, 1)
  stop.abort()
  await aborted
  await clock.sleep(1000, stop.signal)
  await clock.sleep(0)
  assert.equal(clock.sleeping, 0)
})

test('a step of the wall clock wakes nobody and does not touch the other clock', async () => {
  const clock = new ManualClock(1000)
  const sleep = clock.sleep(10)
  clock.step(-500)
  assert.deepEqual([clock.now(), clock.monotonic(), clock.sleeping], [500, 0, 1])
  await clock.advance(10)
  await sleep
  assert.equal(clock.now(), 510)
})

test('time does not go back', async () => {
  await assert.rejects(new ManualClock().advance(-1), RangeError)
})
