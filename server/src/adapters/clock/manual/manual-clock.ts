import type { Clock } from '../../../ports/clock/clock.ts'

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
}

/** 2026-01-01T00:00:00Z: a plain time to begin a test at. */
const usualStart = 1_767_225_600_000

/** A clock that stands until a test moves it. */
export class ManualClock implements Clock {
  #now: number
  #monotonic = 0
  readonly #sleepers = new Set<Sleeper>()

  constructor(startMs: number = usualStart) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper: Sleeper = { dueAt: this.#monotonic + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  idle(ms: number, signal?: AbortSignal): Promise<void> {
    return this.sleep(ms, signal)
  }

  /** The time of day jumps, as where somebody sets it, or another machine's is asked. No sleeper notices. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /**
   * Time passes. Sleepers wake in the order in which they are due, each at its own time, and get to run before
   * the next: one that goes to sleep again wakes again where that falls into the span.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError('a clock is advanced by 0 ms or more')
    const end = this.#monotonic + ms
    while (true) {
      await settled()
      const next = this.#nextDue(end)
      if (next === undefined) break
      this.#moveTo(next.dueAt)
      next.wake()
    }
    this.#moveTo(end)
  }

  /** What an operator or a time server does to the wall clock: nobody wakes, and no span of time passes. */
  step(ms: number): void {
    this.#now += ms
  }

  #nextDue(end: number): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueAt <= end && (first === undefined || sleeper.dueAt < first.dueAt)) first = sleeper
    }
    return first
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }
}

/** One turn of the event loop: everything that only waits for promises has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
