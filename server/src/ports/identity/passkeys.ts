/** For whom passkeys are made: browsers give one to nobody else (Web Authentication, 5.1.2 and 13.4.9). */
export interface RelyingParty {
  /** The host's name. */
  readonly id: string
  /** Where its pages are: scheme, host and port. */
  readonly origin: string
}

/** What is kept of one. */
export interface Passkey {
  /** base64url, as the authenticator made it. */
  readonly credential: string
  /** COSE_Key (RFC 9052, 7). */
  readonly publicKey: Uint8Array
  /** How often it has signed, as it says; 0 of those that do not count. */
  readonly counter: number
}

export interface Ceremony {
  readonly party: RelyingParty
  /** base64url; made for this one time. */
  readonly challenge: string
}

/** Keys in phones, computers and sticks, by Web Authentication (level 3). Answers are a browser's, and nothing of them is believed. */
export interface Passkeys {
  /** PublicKeyCredentialCreationOptionsJSON. `known`: who has one of these makes no other. */
  creationOptions(
    ceremony: Ceremony,
    about: { readonly user: string; readonly known: readonly string[] },
  ): Promise<object>
  /** PublicKeyCredentialRequestOptionsJSON, for one of these. */
  requestOptions(ceremony: Ceremony, known: readonly string[]): Promise<object>
  /** Of a RegistrationResponseJSON. undefined: it is none, or not of this ceremony. */
  made(response: unknown, ceremony: Ceremony): Promise<Passkey | undefined>
  /** Of which passkey an AuthenticationResponseJSON says that it is. undefined: of none. */
  credentialOf(response: unknown): string | undefined
  /**
   * Whether it was signed by the passkey in this ceremony. undefined: it was not, or its counter has not risen, by which
   * copies are found out (Web Authentication, 6.1.1).
   */
  signed(
    response: unknown,
    ceremony: Ceremony,
    passkey: Passkey,
  ): Promise<{ readonly counter: number } | undefined>
}

/** How long a challenge is, in bytes. Web Authentication, 13.4.3: 16 at least. */
export const challengeBytes = 32
