import { openConfigUsers } from '../adapters/identity/config-users/open-config-users.ts'
import type { Config } from '../config/config.ts'
import { firstUserOf } from '../config/first-user.ts'
import { firstUserHash, setFirstUserHash } from '../core/access/first-user.ts'
import type { Core } from '../core/ledger/core.ts'
import { tellingFaults } from '../core/ledger/telling-faults.ts'
import { newPassword, newPasswordBytes } from '../domain/new-password.ts'
import type { Identity } from '../ports/identity/identity.ts'
import type { Store } from '../ports/store/store.ts'
import { hashPassword } from './passwords.ts'
import { passwordBounds, threadCount } from './threads/thread-count.ts'

export interface NewUser {
  readonly name: string
  readonly password: string
}

/** Tells the operator, who hears it this once. Throws where nobody can be told. */
export type TellPassword = (user: NewUser) => void

/**
 * Makes the first user of a configuration that wants one, where there is none yet. They are told before the password
 * counts: a crash in between leaves none behind that nobody knows, and the next start makes another.
 */
export async function makeFirstUser(core: Core, config: Config, tell: TellPassword): Promise<void> {
  const name = firstUserOf(config)
  if (name === undefined || (await firstUserHash(core.store, name)) !== undefined) return
  const password = newPassword(core.random.bytes(newPasswordBytes))
  const hash = await hashPassword(password)
  tell({ name, password })
  await setFirstUserHash(core, name, hash)
}

/** Who is who by the configuration, or by the records for a first user: their password may change at any time. */
export function identityWithFirstUser(
  { store, identity }: { readonly store: Store; readonly identity: Identity },
  config: Config,
): Identity {
  const name = firstUserOf(config)
  return name === undefined ? identity : new FirstUser(name, tellingFaults(store), config)
}

class FirstUser implements Identity {
  readonly #name: string
  readonly #store: Pick<Store, 'get'>
  readonly #open: (hash: string | undefined) => Identity
  #known: { readonly hash: string | undefined; readonly identity: Identity }

  constructor(name: string, store: Pick<Store, 'get'>, config: Config) {
    const bounds = passwordBounds(threadCount(config))
    this.#name = name
    this.#store = store
    this.#open = (hash) =>
      openConfigUsers({ users: hash === undefined ? [] : [{ user: name, hash }], bounds })
    this.#known = { hash: undefined, identity: this.#open(undefined) }
  }

  async verify(user: string, password: string, from?: string): Promise<string | undefined> {
    const hash = await firstUserHash(this.#store, this.#name)
    if (hash !== this.#known.hash) this.#known = { hash, identity: this.#open(hash) }
    return await this.#known.identity.verify(user, password, from)
  }
}
