import { type PasswordHash, parsePasswordHash } from '../../../domain/password-hash.ts'
import type { Identity } from '../../../ports/identity/identity.ts'
import { usualScryptCost } from '../shared/hash-password.ts'
import { openPasswords, type PasswordsOptions } from '../shared/open-passwords.ts'

export interface ConfigUser {
  readonly user: string
  /** In the PHC string format; see `domain/password-hash.ts`. */
  readonly hash: string
}

export interface ConfigUsersOptions extends Pick<PasswordsOptions, 'bounds' | 'derive'> {
  readonly users: readonly ConfigUser[]
}

/**
 * Identity over the users that a configuration lists. `verify` throws RegistryError `too-many-requests` where too many
 * wait for their hash.
 * @throws TypeError a hash is none, or a user stands there twice
 */
export function openConfigUsers({ users, ...options }: ConfigUsersOptions): Identity {
  const hashes = parseUsers(users)
  const decoys = hashes.size > 0 ? [...hashes.values()].map(({ parsed }) => parsed) : [emptyHash]
  const passwords = openPasswords({ ...options, decoys })
  return {
    verify: async (user, password, from) => {
      const hash = hashes.get(user)?.text
      return (await passwords.verify({ who: user, password, hash, from })) ? user : undefined
    },
  }
}

/** Where nobody is listed there is still work to do. */
const emptyHash: PasswordHash = {
  algorithm: 'scrypt',
  cost: usualScryptCost,
  salt: new Uint8Array(16),
  hash: new Uint8Array(32),
}

function parseUsers(
  users: readonly ConfigUser[],
): ReadonlyMap<string, { readonly text: string; readonly parsed: PasswordHash }> {
  const hashes = new Map<string, { text: string; parsed: PasswordHash }>()
  for (const { user, hash } of users) {
    const parsed = parsePasswordHash(hash)
    if ('wrong' in parsed) throw new TypeError(`the password hash of ${user} cannot be used: ${parsed.wrong}`)
    if (hashes.has(user)) throw new TypeError(`the user ${user} stands twice in the list`)
    hashes.set(user, { text: hash, parsed })
  }
  return hashes
}
