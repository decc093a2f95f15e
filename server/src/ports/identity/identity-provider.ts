import type { Claims } from '../../domain/claims.ts'

/** One attempt to sign in elsewhere. All but `redirectUri` are random, of this attempt alone, and known to one browser. */
export interface SignInAttempt {
  /** Where the browser comes back to. */
  readonly redirectUri: string
  readonly state: string
  /** OpenID Connect Core 1.0, 3.1.2.1. */
  readonly nonce: string
  /** RFC 7636: 43 to 128 characters, of which the provider is told the hash. */
  readonly verifier: string
}

/** Who somebody is elsewhere. `issuer` and `subject` together are one person's for ever; nothing else is. */
export interface OutsideIdentity {
  readonly issuer: string
  readonly subject: string
  readonly claims: Claims
}

/** `refused`: whoever came back has not signed in there. `unavailable`: it cannot be told now. The message is the operator's alone. */
export class ProviderError extends Error {
  readonly kind: 'refused' | 'unavailable'

  constructor(kind: ProviderError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProviderError'
    this.kind = kind
  }
}

/** Where people sign in with an account that they have elsewhere. */
export interface IdentityProvider {
  /** What paths and rules call it. */
  readonly name: string
  /** Where the browser is sent. @throws ProviderError */
  addressFor(attempt: SignInAttempt): Promise<string>
  /**
   * Who has come back, by the query that the browser brought. Each `code` in it is good once.
   * @throws ProviderError
   */
  whoCameBack(query: URLSearchParams, attempt: SignInAttempt): Promise<OutsideIdentity>
}
