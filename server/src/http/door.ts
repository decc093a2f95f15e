import type { Exchange, RateClass } from './exchange.ts'

/** How one kind of client comes in: some first segments of paths, and everything below them. */
export interface Door {
  /** First segments of the paths that it answers, as they stand before any decoding: `v2`; `` is the root itself. */
  readonly segments: readonly string[]
  /** Pages of other web sites may use it, where the configuration names them: see `shareAcross`. */
  readonly isForPrograms?: true
  /** As what a request is counted; `free`: not at all. Absent: by its method. */
  rateClass?(exchange: Exchange): RateClass | 'free'
  /** Answers. May throw, now or by its promise: then `fail` answers. */
  handle(exchange: Exchange): void | Promise<void>
  /** Says in the door's own wire form what went wrong. Nothing was sent yet. Never throws. */
  fail(exchange: Exchange, error: unknown): void
}
