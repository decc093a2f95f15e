import type { ClaimPatterns } from '../domain/claims.ts'
import type { Permission } from '../domain/permission.ts'

export const providerTypes = ['oidc', 'google', 'github'] as const
export type ProviderType = (typeof providerTypes)[number]

/** Where people sign in with an account that they have elsewhere. */
export interface ProviderSetting {
  readonly name: string
  readonly type: ProviderType
  /** What people read. */
  readonly title: string
  /** Of `github` the address where people sign in. */
  readonly issuer: string
  /** Of `github` alone. */
  readonly api: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly scopes: readonly string[]
  readonly newAccounts: boolean
  readonly require: ClaimPatterns
  readonly nameClaim: string
  readonly groupsClaim: string
  readonly teams: Readonly<Record<string, readonly string[]>>
}

/** By which machines of others get a key. `lifetime` in ms. */
export interface WorkloadSetting {
  readonly name: string
  readonly issuer: string
  /** undefined: the registry's `publicUrl`. */
  readonly audience: string | undefined
  readonly require: ClaimPatterns
  readonly robot: string
  readonly permissions: readonly Permission[] | undefined
  readonly lifetime: number
  readonly reuse: boolean
}

/** Ways in beside passwords and keys. Times in ms. */
export interface SignInSettings {
  readonly providers: readonly ProviderSetting[]
  readonly workloads: readonly WorkloadSetting[]
  /** Of each request to a provider or an issuer. */
  readonly timeout: number
  readonly deviceCodeLifetime: number
  readonly deviceKeyLifetime: number
}
