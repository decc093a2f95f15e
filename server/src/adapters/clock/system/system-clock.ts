import type { Clock } from '../../../ports/clock/clock.ts'

/** The longest that a timer can be set to; beyond, node fires at once. */
const longestTimerMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    const end = performance.now() + ms
    let left = ms
    while (left > 0 && signal?.aborted !== true) {
      await rest(Math.min(left, longestTimerMs), signal)
      left = end - performance.now()
    }
  },
}

function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.ceil(ms))
    timer.unref()
    signal?.addEventListener('abort', wake, { once: true })
  })
}
