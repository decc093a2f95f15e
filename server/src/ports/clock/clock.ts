/** Time and waiting, injected so that tests own both. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May step; never used to measure a span. */
  now(): number
  /** Milliseconds of a clock that never steps back. */
  monotonic(): number
  /**
   * Resolves after `ms`, or at once when the signal aborts. Never rejects. Keeps the process alive: for work that somebody
   * waits for.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** As `sleep`, without keeping the process alive: for work that comes back by itself, such as that of a schedule. */
  idle(ms: number, signal?: AbortSignal): Promise<void>
}
