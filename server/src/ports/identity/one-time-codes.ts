/** Codes of six digits that change every half minute (RFC 6238), as apps for it make them. */
export interface OneTimeCodes {
  /** `otpauth:` and what an app keeps: by it the app has the secret, whose it is, and of which registry. */
  uriOf(secret: Uint8Array, about: { readonly issuer: string; readonly user: string }): Promise<string>
  /** As people type it: base32 (RFC 4648, 6) without padding. */
  textOf(secret: Uint8Array): Promise<string>
  /**
   * The step of time whose code it is, of the present one and its neighbours (RFC 6238, 5.2). undefined: it is the code of
   * none. Compared in constant time. Whether that step was used before, who asks knows.
   */
  stepOf(secret: Uint8Array, code: string, now: number): Promise<number | undefined>
}

/** Bytes of a secret: RFC 4226, section 4, R6. */
export const oneTimeSecretBytes = 20
/** Digits of a code. */
export const oneTimeCodeForm: RegExp = /^\d{6}$/
