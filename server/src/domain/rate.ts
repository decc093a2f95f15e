/** A bucket of tokens: so many at once, and in each period as many again. */
export interface Rate {
  /** At least 1. */
  readonly tokens: number
  /** ms. */
  readonly periodMs: number
}

/** What stands in a bucket after something was taken out of it. */
export interface Taken {
  readonly allowed: boolean
  /** Whole tokens. */
  readonly left: number
  /** ms until what was asked for is there; 0 where it was. */
  readonly retryAfterMs: number
  /** ms until the bucket is full. */
  readonly fullAfterMs: number
}

/**
 * How long a bucket takes until it is full, after `cost` tokens were taken from one that takes `behindMs`. One number says all
 * of it: the "generic cell rate algorithm" (ITU-T I.371, annex A), which is the same as counting tokens that drip.
 */
export function drawn(
  rate: Rate,
  behindMs: number,
  cost: number,
): { readonly behindMs: number; readonly taken: Taken } {
  const each = rate.periodMs / rate.tokens
  const before = Math.max(0, behindMs)
  // What is given back never makes more than a full bucket.
  const after = Math.max(0, before + cost * each)
  const over = Math.max(after, before + (cost === 0 ? each : 0)) - rate.periodMs
  // Sums of fractions of a millisecond are not exact.
  const allowed = over <= each * tolerance
  const stands = allowed ? after : before
  return {
    behindMs: stands,
    taken: {
      allowed,
      left: Math.max(0, Math.floor((rate.periodMs - stands) / each + tolerance)),
      retryAfterMs: allowed ? 0 : over,
      fullAfterMs: stands,
    },
  }
}

const tolerance = 1e-6
