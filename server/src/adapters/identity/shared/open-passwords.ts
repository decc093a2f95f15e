import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { PassingMap } from '../../../domain/passing-map.ts'
import { type Argon2Cost, type PasswordHash, parsePasswordHash } from '../../../domain/password-hash.ts'
import type { Asked, Passwords } from '../../../ports/identity/passwords.ts'
import { deriveHash } from './derive-hash.ts'
import { Gate, type GateBounds } from './gate.ts'
import { hashWithArgon2 } from './hash-password.ts'

export interface PasswordsOptions {
  /** Hashes computed at once, and how many may wait for their turn. 2 and 64 when absent. */
  readonly bounds?: GateBounds
  /** Of the hashes that are made. */
  readonly cost?: Argon2Cost
  /** What somebody who is not there is taken for: as costly as those who are. Where none are given, as what is made. */
  readonly decoys?: readonly PasswordHash[]
  /** How a hash is computed. For tests. */
  readonly derive?: (password: string, like: PasswordHash) => Promise<Uint8Array>
}

/** 19 MiB and two passes, the least that OWASP's Password Storage Cheat Sheet advises: some 25 ms. */
export const usualArgon2Cost: Argon2Cost = { m: 19_456, t: 2, p: 1 }

/** Each hash keeps one of the few threads busy that files are read with too. */
const usualBounds: GateBounds = { width: 2, queue: 64 }
/** Verified pairs that are remembered; the one not used longest goes first. */
const maxRemembered = 1000
/** A longer password is wrong, whoever it is for. */
const maxPasswordBytes = 1024

/** Passwords by argon2id (RFC 9106); hashes by scrypt (RFC 7914) are known too. */
export function openPasswords(options: PasswordsOptions = {}): Passwords {
  return new HashedPasswords(options)
}

class HashedPasswords implements Passwords {
  readonly #decoys: readonly PasswordHash[]
  readonly #cost: Argon2Cost
  readonly #derive: (password: string, like: PasswordHash) => Promise<Uint8Array>
  readonly #gate: Gate
  /** Of this process alone: a fingerprint that leaks tells nothing of its password. */
  readonly #key = randomBytes(32)
  /** Fingerprints of verified pairs, the one used last at the end. */
  readonly #remembered = new PassingMap<string, true>()
  readonly #underWay = new PassingMap<string, Promise<boolean>>()

  constructor({ bounds = usualBounds, cost = usualArgon2Cost, decoys = [], derive }: PasswordsOptions) {
    this.#cost = cost
    this.#decoys = decoys.length > 0 ? decoys : [emptyHash(cost)]
    this.#derive = derive ?? deriveHash
    this.#gate = new Gate(bounds)
  }

  async hash(password: string): Promise<string> {
    return await hashWithArgon2(password, this.#cost)
  }

  async verify(asked: Asked): Promise<boolean> {
    const { password } = asked
    // HMAC fills a short key with NULs (RFC 2104, 2), so that scrypt takes a password with some at its end for the one without.
    if (Buffer.byteLength(password) > maxPasswordBytes || password.includes('\0')) return false
    const fingerprint = this.#fingerprint(asked)
    if (this.#remembered.has(fingerprint)) {
      this.#remember(fingerprint)
      return true
    }
    // A client that pushes its layers side by side asks the same several times at once: one answer serves all.
    return await (this.#underWay.get(fingerprint) ?? this.#begin(fingerprint, asked))
  }

  #begin(fingerprint: string, asked: Asked): Promise<boolean> {
    const checking = this.#check(asked)
      .then((right) => {
        if (right) this.#remember(fingerprint)
        return right
      })
      .finally(() => this.#underWay.delete(fingerprint))
    this.#underWay.set(fingerprint, checking)
    return checking
  }

  async #check({ who, password, hash, from = '' }: Asked): Promise<boolean> {
    const known = hash === undefined ? undefined : parsePasswordHash(hash)
    if (known !== undefined && 'wrong' in known)
      throw new TypeError(`the password hash of ${who} cannot be used: ${known.wrong}`)
    const like = known ?? this.#decoyFor(who)
    const derived = await this.#gate.pass(from, () => this.#derive(password, like))
    const same = derived.length === like.hash.length && timingSafeEqual(derived, like.hash)
    return same && known !== undefined
  }

  #decoyFor(who: string): PasswordHash {
    const drawn = createHmac('sha256', this.#key).update(who).digest().readUInt32BE()
    return this.#decoys[drawn % this.#decoys.length] ?? emptyHash(this.#cost)
  }

  /** Of the hash too: a password that was changed is remembered no more. Lengths stand first: no two pairs have one text. */
  #fingerprint({ who, password, hash = '' }: Asked): string {
    const hmac = createHmac('sha256', this.#key)
    return hmac.update(`${who.length}:${hash.length}:${who}${hash}${password}`).digest('base64')
  }

  #remember(fingerprint: string): void {
    this.#remembered.delete(fingerprint)
    this.#remembered.set(fingerprint, true)
    if (this.#remembered.size <= maxRemembered) return
    const { oldest } = this.#remembered
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }
}

/** Where nobody is there to be taken for there is still work to do. */
const emptyHash = (cost: Argon2Cost): PasswordHash => ({
  algorithm: 'argon2id',
  cost,
  salt: new Uint8Array(16),
  hash: new Uint8Array(32),
})
