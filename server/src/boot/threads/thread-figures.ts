import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Metering } from '../../ports/telemetry/telemetry.ts'

/** What other threads see of this one is at most so old. */
const everyMs = 5000
/** A timer of so many ms whose lateness is the delay of the event loop. */
const resolution = 20
const quantiles = [0.5, 0.99, 1] as const

/** Something of this thread that is looked at now and then instead of being counted. */
export type Look = () => void

export interface ThreadFigures extends Disposable {
  /** Looks at everything now. */
  refresh(): void
}

/** Keeps the figures of this thread up to date, and those that `looks` tell, until it is disposed of. */
export function watchThread(telemetry: Metering, looks: readonly Look[]): ThreadFigures {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const delays = quantiles.map((quantile) => ({
    quantile,
    tally: telemetry.tally('lading_event_loop_delay_seconds', { quantile: String(quantile) }),
  }))
  const utilization = telemetry.tally('lading_event_loop_utilization_ratio')
  const heap = telemetry.tally('lading_heap_used_bytes')
  let before = performance.eventLoopUtilization()
  let tick = 0

  /** The last seconds begin anew with each turn of the clock alone, however often somebody asks. */
  const look = (): void => {
    for (const { quantile, tally } of delays) {
      // What is measured is the time between two turns of the timer, its own time included.
      const between = delay.count === 0 ? 0 : delay.percentile(quantile * 100) / 1e6
      tally.set(Math.max(0, between - resolution) / 1000)
    }
    utilization.set(performance.eventLoopUtilization(before).utilization)
    // Unlike `process.memoryUsage`, it opens no file: there may be none left to open.
    heap.set(getHeapStatistics().used_heap_size)
    for (const one of looks) {
      try {
        one()
      } catch {
        // A figure that cannot be had stays as it was: none is worth the thread.
      }
    }
  }
  const timer = setInterval(() => {
    look()
    if (++tick % 2 !== 0) return
    delay.reset()
    before = performance.eventLoopUtilization()
  }, everyMs).unref()
  return {
    refresh: look,
    [Symbol.dispose]: () => {
      clearInterval(timer)
      delay.disable()
    },
  }
}
