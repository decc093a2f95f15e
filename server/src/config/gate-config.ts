import type { Rate } from '../domain/rate.ts'

/** What stands before all doors. */
export interface GateSettings {
  /** Addresses and networks, whose word on where a request comes from is taken. */
  readonly proxies: readonly string[]
  readonly proxyHeader: ProxyHeader
  /** Origins whose pages may use the API; `*`: all. */
  readonly corsOrigins: readonly string[]
  readonly corsMaxAge: number
  /** undefined: browsers are not told to come by TLS alone. */
  readonly strictTransport: number | undefined
}

export const proxyHeaders = ['x-forwarded', 'forwarded'] as const
/** `x-forwarded`: X-Forwarded-For, -Proto and -Host. `forwarded`: the header of RFC 7239. */
export type ProxyHeader = (typeof proxyHeaders)[number]

export type MaybeRate = Rate | 'off'

/** How often something may be asked. */
export interface RatesSettings {
  /** A URL, with the password in it. undefined: each process counts by itself. */
  readonly redis: string | undefined
  /** A file. */
  readonly ca: string | undefined
  readonly timeout: number
  readonly anonymousReads: MaybeRate
  readonly anonymousWrites: MaybeRate
  readonly anonymousSearches: MaybeRate
  readonly anonymousLogins: MaybeRate
  readonly reads: MaybeRate
  readonly writes: MaybeRate
  readonly searches: MaybeRate
  readonly logins: MaybeRate
  readonly wrongPasswordsFrom: MaybeRate
  readonly wrongPasswordsFor: MaybeRate
}

/** What Lading asks others for. */
export interface OutgoingSettings {
  /** A PEM file. */
  readonly ca: string | undefined
  /** Addresses and networks of this machine and its surroundings that users may name. */
  readonly allow: readonly string[]
  readonly timeout: number
  readonly bytes: number
  readonly redirects: number
}
