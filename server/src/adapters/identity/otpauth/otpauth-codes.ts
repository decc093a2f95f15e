import type { OneTimeCodes } from '../../../ports/identity/one-time-codes.ts'
import { oneTimeCodeForm } from '../../../ports/identity/one-time-codes.ts'

/** What every app takes: RFC 6238 allows others, which many of them take for these. */
const algorithm = 'SHA1'
const digits = 6
const period = 30
/** Steps before and after the present one (RFC 6238, 5.2). */
const window = 1

type Library = typeof import('otpauth')

let loaded: Promise<Library> | undefined
const library = (): Promise<Library> => (loaded ??= import('otpauth'))

/** Codes by otpauth. Its code is read when the first of them is made or looked at. */
export const otpauthCodes: OneTimeCodes = {
  async uriOf(secret, { issuer, user }) {
    const { TOTP, Secret } = await library()
    const shared = new Secret({ buffer: bufferOf(secret) })
    return new TOTP({ issuer, label: user, algorithm, digits, period, secret: shared }).toString()
  },
  async textOf(secret) {
    const { Secret } = await library()
    return new Secret({ buffer: bufferOf(secret) }).base32
  },
  async stepOf(secret, code, now) {
    if (!oneTimeCodeForm.test(code)) return undefined
    const { TOTP, Secret } = await library()
    const totp = new TOTP({ algorithm, digits, period, secret: new Secret({ buffer: bufferOf(secret) }) })
    const delta = totp.validate({ token: code, timestamp: now, window })
    return delta === null ? undefined : totp.counter({ timestamp: now }) + delta
  },
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
