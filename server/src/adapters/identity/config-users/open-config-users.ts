import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { PassingMap } from '../../../domain/passing-map.ts'
import { type PasswordHash, parsePasswordHash } from '../../../domain/password-hash.ts'
import type { Identity } from '../../../ports/identity/identity.ts'
import { deriveHash } from './derive-hash.ts'
import { Gate, type GateBounds } from './gate.ts'
import { usualScryptCost } from './hash-password.ts'

export interface ConfigUser {
  readonly user: string
  /** In the PHC string format; see `domain/password-hash.ts`. */
  readonly hash: string
}

export interface ConfigUsersOptions {
  readonly users: readonly ConfigUser[]
  /** Hashes computed at once, and how many may wait for their turn. 2 and 64 when absent. */
  readonly bounds?: GateBounds
  /** How a hash is computed. For tests. */
  readonly derive?: (password: string, like: PasswordHash) => Promise<Uint8Array>
}

/** Each hash keeps one of the few threads busy that files are read with too. */
const usualBounds: GateBounds = { width: 2, queue: 64 }
/** Verified pairs that are remembered; the one not used longest goes first. */
const maxRemembered = 1000
/** A longer password is wrong, whoever it is for. */
const maxPasswordBytes = 1024

/**
 * Identity over the users that a configuration lists. `verify` throws RegistryError `too-many-requests` where too many
 * wait for their hash.
 * @throws TypeError a hash is none, or a user stands there twice
 */
export function openConfigUsers(options: ConfigUsersOptions): Identity {
  return new ConfigUsers(options)
}

interface Login {
  readonly user: string
  readonly password: string
  readonly from: string
}

class ConfigUsers implements Identity {
  readonly #hashes: ReadonlyMap<string, PasswordHash>
  readonly #decoys: readonly PasswordHash[]
  readonly #derive: (password: string, like: PasswordHash) => Promise<Uint8Array>
  readonly #gate: Gate
  /** Of this process alone: a fingerprint that leaks tells nothing of its password. */
  readonly #key = randomBytes(32)
  /** Fingerprints of verified pairs, the one used last at the end. */
  readonly #remembered = new PassingMap<string, true>()
  readonly #underWay = new PassingMap<string, Promise<boolean>>()

  constructor({ users, bounds = usualBounds, derive = deriveHash }: ConfigUsersOptions) {
    this.#hashes = parseUsers(users)
    this.#decoys = this.#hashes.size > 0 ? [...this.#hashes.values()] : [emptyHash]
    this.#derive = derive
    this.#gate = new Gate(bounds)
  }

  async verify(user: string, password: string, from = ''): Promise<string | undefined> {
    // HMAC fills a short key with NULs (RFC 2104, 2), so that scrypt takes a password with some at its end for the one without.
    if (Buffer.byteLength(password) > maxPasswordBytes || password.includes('\0')) return undefined
    const fingerprint = this.#fingerprint(user, password)
    if (this.#remembered.has(fingerprint)) {
      this.#remember(fingerprint)
      return user
    }
    // A client that pushes its layers side by side asks the same several times at once: one answer serves all.
    const underWay = this.#underWay.get(fingerprint) ?? this.#begin(fingerprint, { user, password, from })
    return (await underWay) ? user : undefined
  }

  #begin(fingerprint: string, login: Login): Promise<boolean> {
    const checking = this.#check(login)
      .then((right) => {
        if (right) this.#remember(fingerprint)
        return right
      })
      .finally(() => this.#underWay.delete(fingerprint))
    this.#underWay.set(fingerprint, checking)
    return checking
  }

  /** The same work for a user that is not there: a decoy, the same one each time for the same name. */
  async #check({ user, password, from }: Login): Promise<boolean> {
    const known = this.#hashes.get(user)
    const like = known ?? this.#decoyFor(user)
    const derived = await this.#gate.pass(from, () => this.#derive(password, like))
    const same = derived.length === like.hash.length && timingSafeEqual(derived, like.hash)
    return same && known !== undefined
  }

  #decoyFor(user: string): PasswordHash {
    const drawn = createHmac('sha256', this.#key).update(user).digest().readUInt32BE()
    return this.#decoys[drawn % this.#decoys.length] ?? emptyHash
  }

  /** The length of the name stands first: no other pair has the same text. */
  #fingerprint(user: string, password: string): string {
    const hmac = createHmac('sha256', this.#key)
    return hmac.update(`${user.length}:${user}:${password}`).digest('base64')
  }

  #remember(fingerprint: string): void {
    this.#remembered.delete(fingerprint)
    this.#remembered.set(fingerprint, true)
    if (this.#remembered.size <= maxRemembered) return
    const { oldest } = this.#remembered
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }
}

/** Where nobody is listed there is still work to do. */
const emptyHash: PasswordHash = {
  algorithm: 'scrypt',
  cost: usualScryptCost,
  salt: new Uint8Array(16),
  hash: new Uint8Array(32),
}

function parseUsers(users: readonly ConfigUser[]): ReadonlyMap<string, PasswordHash> {
  const hashes = new Map<string, PasswordHash>()
  for (const { user, hash } of users) {
    const parsed = parsePasswordHash(hash)
    if ('wrong' in parsed) throw new TypeError(`the password hash of ${user} cannot be used: ${parsed.wrong}`)
    if (hashes.has(user)) throw new TypeError(`the user ${user} stands twice in the list`)
    hashes.set(user, parsed)
  }
  return hashes
}
