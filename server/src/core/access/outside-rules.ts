import type { ClaimPatterns } from '../../domain/claims.ts'

/** What holds for those who come by one provider. */
export interface OutsideRules {
  /** As the provider's. */
  readonly provider: string
  /** What people read. */
  readonly title: string
  /** Whether who has no account here gets one. */
  readonly newAccounts: boolean
  /** At each sign-in. */
  readonly require: ClaimPatterns
  /** The claim that names them; an account is called so, where it can be. */
  readonly nameClaim: string
  readonly groupsClaim: string
  /** By a group there, teams here, as `acme/release`. */
  readonly teams: Readonly<Record<string, readonly string[]>>
}

/** For the machines of others: who has such a token gets a key of a robot for a while. */
export interface WorkloadRule {
  readonly name: string
  readonly issuer: string
  readonly audience: string
  readonly require: ClaimPatterns
  /** As `acme/ci`. */
  readonly robot: string
  /** Of the key; undefined: whatever the robot may. */
  readonly permissions: readonly string[] | undefined
  /** Of the key, ms. */
  readonly lifetime: number
  /** Whether a token is good more than once, as those are that stay the same for an hour. */
  readonly reuse: boolean
}
