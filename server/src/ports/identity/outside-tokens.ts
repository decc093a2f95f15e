import type { Claims } from '../../domain/claims.ts'

/** By whom a token has to be, for whom, and when. */
export interface ExpectedOutsideToken {
  /** As its tokens say it; below it stands `/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly audience: string
  /** ms since 1970. */
  readonly now: number
}

/** `unavailable`: the issuer's keys cannot be had now. */
export type OutsideTokenAnswer =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly why: string; readonly unavailable?: true }

/** JSON Web Tokens of others, by the keys that they publish. */
export interface OutsideTokens {
  /** What a token says of itself, whoever has written it: for telling whom to ask, and for messages. undefined: it is none. */
  read(token: string): Claims | undefined
  /**
   * Whether one of the issuer's keys has signed it, by an algorithm with two keys, for this audience, and its time has come and is
   * not over. Never throws.
   */
  verify(token: string, expected: ExpectedOutsideToken): Promise<OutsideTokenAnswer>
}
