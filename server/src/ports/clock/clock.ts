/** Time and waiting, injected so that tests own both. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May step; never used to measure a span. */
  now(): number
  /** Milliseconds of a clock that never steps back. */
  monotonic(): number
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects, and does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
