import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../../../src/adapters/clock/system/system-clock.ts'

const source = join(import.meta.dirname, '../../../../src/adapters/clock/system/system-clock.ts')

test('now is the wall clock and monotonic never goes back', () => {
  const [before, now, after] = [Date.now(), systemClock.now(), Date.now()]
  assert.ok(before <= now && now <= after)
  const [first, second] = [systemClock.monotonic(), systemClock.monotonic()]
  assert.ok(first <= second)
})

test('sleep lasts at least as long as asked for', async () => {
  const start = systemClock.monotonic()
  // Timers do not keep the process alive; this test does.
  const alive = setInterval(() => undefined, 1000)
  await systemClock.sleep(12)
  clearInterval(alive)
  assert.ok(systemClock.monotonic() - start >= 12)
})

test('sleep ends at once when the signal aborts, also one of a month, and before it began', async () => {
  const stop = new AbortController()
  const month = systemClock.sleep(31 * 86_400_000, stop.signal)
  stop.abort()
  await month
  await systemClock.sleep(31 * 86_400_000, stop.signal)
  await systemClock.sleep(0)
  await systemClock.sleep(-1)
})

test('a sleep does not keep the process alive', async () => {
  const program = `import { systemClock } from ${JSON.stringify(source)}; systemClock.sleep(600_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
})
