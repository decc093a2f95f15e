const minute = 60_000
const day = 86_400_000

/** An access token lives no longer, ms: for so long keys that nobody signs with any more are known. */
export const longestTokenLifetime: number = 60 * minute
/** Whoever has refreshed for so long logs in again, ms. */
export const longestFamily: number = 365 * day

/** Of tokens, where nothing else is set. In ms. */
export interface TokenTimes {
  /** An access token is good for so long. */
  readonly lifetime: number
  /** A refresh token that is not used for so long is good for nothing any more. */
  readonly refreshLifetime: number
  /** Keys are used to sign for so long. */
  readonly keyRotation: number
}

export const usualTokenTimes: TokenTimes = {
  lifetime: 5 * minute,
  refreshLifetime: 30 * day,
  keyRotation: 30 * day,
}
