import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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
  await systemClock.sleep(12)
  assert.ok(systemClock.monotonic() - start >= 12)
})

for (const wait of ['sleep', 'idle'] as const) {
  test(`${wait} ends at once when the signal aborts, also one of a month, and before it began`, async () => {
    const stop = new AbortController()
    const month = systemClock[wait](31 * 86_400_000, stop.signal)
    stop.abort()
    await month
    await systemClock[wait](31 * 86_400_000, stop.signal)
    await systemClock[wait](0)
    await systemClock[wait](-1)
  })
}

test('the process lives as long as a sleep, and is not kept by idling', async () => {
  const begun = systemClock.monotonic()
  assert.deepEqual(await ended('await systemClock.sleep(300); console.log("woken")'), {
    code: 0,
    printed: 'woken\n',
  })
  assert.ok(systemClock.monotonic() - begun >= 300)
  assert.deepEqual(await ended('systemClock.idle(600_000).then(() => console.log("woken"))'), {
    code: 0,
    printed: '',
  })
})

async function ended(work: string): Promise<{ readonly code: unknown; readonly printed: string }> {
  const program = `import { systemClock } from ${JSON.stringify(source)}; ${work}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [[code], printed] = await Promise.all([once(child, 'exit'), text(child.stdout)])
  return { code, printed }
}
