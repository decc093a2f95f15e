import { openSync, readSync, writeSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'
import { duration } from '../../../src/config/scalar-types.ts'
import { settings } from '../../../src/config/settings.ts'
import { Pulls } from '../../../src/core/resolve/pulls.ts'

// Loaded into the server, and into each of its threads, before anything else. Its wall clock is what stands in a file,
// and so stands still until a test moves it; and it says in another file how many pulls are counted and not written yet.

const given = new URL(import.meta.url).searchParams

const clock = openSync(String(given.get('clock')), 'r')
const time = new Float64Array(1)
Date.now = () => {
  readSync(clock, time, 0, 8, 0)
  return time[0] as number
}

const unwritten = openSync(String(given.get('unwritten')), 'r+')
const sum = new Float64Array(1)
function note(more: number): void {
  sum[0] = (sum[0] as number) + more
  writeSync(unwritten, sum, 0, 8, 8 * threadId)
}
const { count, flush } = Pulls.prototype
Pulls.prototype.count = function (pulled) {
  note(1)
  count.call(this, pulled)
}
Pulls.prototype.flush = async function () {
  // A flush that joins an earlier one writes less than this; there is one timer, which waits for each.
  const taken = sum[0] as number
  await flush.call(this)
  note(-taken)
}

/** The clock leaps over what may be set at most, and what runs by it would come at any time. */
if (isMainThread) {
  const type = duration({ min: 0, max: Number(given.get('longest')) })
  for (const name of [
    'limits.cleanupInterval',
    'limits.collectInterval',
    'limits.sweepInterval',
    'limits.retentionInterval',
  ] as const)
    Object.assign(settings[name], { type })
}
