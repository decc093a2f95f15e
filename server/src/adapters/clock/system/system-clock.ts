import type { Clock } from '../../../ports/clock/clock.ts'

/** The longest that a timer can be set to; beyond, node fires at once. */
const longestTimerMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => wait(ms, { signal, holdsProcess: true }),
  idle: (ms, signal) => wait(ms, { signal, holdsProcess: false }),
}

interface Waiting {
  readonly signal: AbortSignal | undefined
  readonly holdsProcess: boolean
}

async function wait(ms: number, how: Waiting): Promise<void> {
  const end = performance.now() + ms
  let left = ms
  while (left > 0 && how.signal?.aborted !== true) {
    await rest(Math.min(left, longestTimerMs), how)
    left = end - performance.now()
  }
}

function rest(ms: number, { signal, holdsProcess }: Waiting): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.ceil(ms))
    if (!holdsProcess) timer.unref()
    signal?.addEventListener('abort', wake, { once: true })
  })
}
