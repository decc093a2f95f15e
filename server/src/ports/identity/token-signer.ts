/** RFC 7519, section 4.1; times in seconds since 1970. Further members are the issuer's own. */
export interface TokenClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly jti: string
  readonly [own: string]: unknown
}

/** A key as others may know it: Ed25519 (RFC 8037). */
export interface VerifyingKey {
  /** The thumbprint of RFC 7638: two keys never share one. */
  readonly id: string
  /** The 32 bytes, in base64url. */
  readonly publicKey: string
}

export interface SigningKey extends VerifyingKey {
  /** The 32 bytes that the key is made of. */
  readonly seed: Uint8Array
}

export interface ExpectedToken {
  readonly keys: readonly VerifyingKey[]
  readonly issuer: string
  readonly audience: string
  /** ms since 1970. */
  readonly now: number
}

/** JSON Web Tokens by EdDSA, and by nothing else, whatever a token says of itself. */
export interface TokenSigner {
  /** The same for the same seed of 32 bytes. */
  keyOf(seed: Uint8Array): Promise<SigningKey>
  sign(key: SigningKey, claims: TokenClaims): Promise<string>
  /**
   * What it says, where one of the keys has signed it, it is from this issuer and for this audience, its time has come and is
   * not over. Else undefined, whatever it is: it never throws.
   */
  verify(token: string, expected: ExpectedToken): Promise<TokenClaims | undefined>
  /** Which key it says that it was signed by; undefined: it is no token. */
  keyIdOf(token: string): string | undefined
}

/** A token is a header of a request: longer ones are none. */
export const longestToken = 8_192
